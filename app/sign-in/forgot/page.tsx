import type { Metadata } from "next";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { forgetPassword } from "#app/sign-in/actions.ts";
import { forgetByForm } from "#app/sign-in/form-actions.ts";
import { ForgotForm } from "#components/sign-in/forgot-form.tsx";
import { SignInFrame } from "#components/sign-in/sign-in-frame.tsx";

export const metadata: Metadata = { title: "Forgot your password" };

export default function ForgotPasswordPage() {
  return (
    <SignInFrame title="Forgot your password?" lead="You are sent a link with which you choose another one.">
      <ForgotForm ask={forgetPassword} send={forgetByForm} />
      <p className="border-t border-line pt-4 text-small">
        <Link href={paths.signIn()} className="text-link">
          Back to signing in
        </Link>
      </p>
    </SignInFrame>
  );
}
