import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { chooseByLink } from "#app/sign-in/actions.ts";
import { ChooseByLink } from "#components/sign-in/choose-by-link.tsx";
import { SignInFrame } from "#components/sign-in/sign-in-frame.tsx";

export const metadata: Metadata = { title: "Choose your password" };

export default function ChoosePasswordPage() {
  return (
    <SignInFrame title="Choose your password" lead="You sign in with it and your email address.">
      <ChooseByLink choose={chooseByLink} doneHref={paths.passwordChanged()} />
    </SignInFrame>
  );
}
