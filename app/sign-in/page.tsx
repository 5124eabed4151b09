import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeReturnTo } from "#app/paths.ts";
import { getActor } from "#app/session.ts";
import { Mark } from "#components/shell/brand.tsx";
import { SignInForm } from "#components/sign-in/sign-in-form.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { PageHeading } from "#components/ui/page-heading.tsx";

export const metadata: Metadata = { title: "Sign in" };

interface SignInPageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const params = await searchParams;
  const returnTo = safeReturnTo(typeof params.returnTo === "string" ? params.returnTo : null);
  if ((await getActor()) !== null) redirect(returnTo);
  return (
    <main className="grid min-h-dvh content-center justify-items-center px-4 py-12">
      <div className="grid w-full max-w-[22rem] gap-8">
        <div className="grid gap-6">
          <Mark className="size-10" />
          <div className="grid gap-1">
            <PageHeading>Sign in to Aivo</PageHeading>
            <p className="text-muted">With your school or district email address.</p>
          </div>
        </div>
        {params.password === "changed" ? (
          <Callout tone="good" title="Your password is changed">
            Every session has ended. Sign in with the new password.
          </Callout>
        ) : null}
        <SignInForm returnTo={returnTo} />
        <p className="border-t border-line pt-4 text-small text-muted">
          No password yet? Your district’s Aivo administrator can give you one.
        </p>
      </div>
    </main>
  );
}
