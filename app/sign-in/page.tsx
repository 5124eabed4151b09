import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { paths, safeReturnTo } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { getActor, stepLeft } from "#app/session.ts";
import { SignOutButton } from "#components/shell/sign-out.tsx";
import { ChoosePasswordForm } from "#components/sign-in/choose-password-form.tsx";
import { ownAccountRefusals } from "#components/sign-in/own-account-words.ts";
import { SignInForm } from "#components/sign-in/sign-in-form.tsx";
import { SignInFrame } from "#components/sign-in/sign-in-frame.tsx";
import { looks } from "#components/ui/button-looks.ts";
import { Callout } from "#components/ui/callout.tsx";
import { waysOfDistrict } from "#lib/services/identity/read.ts";
import { parseIdentityRefusal } from "#lib/services/identity/schema.ts";
import { chooseFirst, findWays } from "./actions.ts";
import { offeredWays } from "./offered-ways.ts";

export const metadata: Metadata = { title: "Sign in" };

interface SignInPageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const params = await searchParams;
  const returnTo = safeReturnTo(typeof params.returnTo === "string" ? params.returnTo : null);
  if ((await getActor()) !== null) redirect(returnTo);
  if ((await stepLeft()) === "choose-password") {
    return (
      <SignInFrame title="Choose your password" lead="The one that you were given has signed you in this once.">
        <ChoosePasswordForm choose={chooseFirst} doneHref={returnTo} />
        <p>
          <SignOutButton to={paths.signIn()} label="Not now" className={looks({})} />
        </p>
      </SignInFrame>
    );
  }
  const opened = await services();
  const { env } = opened;
  const initial = offeredWays(await waysOfDistrict(opened, typeof params.district === "string" ? params.district : ""), returnTo);
  const refusal = parseIdentityRefusal(params.refused);
  return (
    <SignInFrame title="Sign in to Aivo" lead="With your school or district email address.">
      {refusal === null ? null : (
        <Callout tone={refusal === "canceled" ? "neutral" : "warn"} title={ownAccountRefusals[refusal].title}>
          {ownAccountRefusals[refusal].text}
        </Callout>
      )}
      {params.password === "changed" ? (
        <Callout tone="good" title="Your password is changed">
          Every session has ended. Sign in with the new password.
        </Callout>
      ) : null}
      <SignInForm returnTo={returnTo} initial={initial} findWays={findWays} />
      <p className="border-t border-line pt-4 text-small text-muted">
        {env.mail === null ? null : (
          <>
            <Link href={paths.forgotPassword()} className="text-link">
              Forgot your password?
            </Link>{" "}
          </>
        )}
        No password yet? Your district’s Aivo administrator can help.
      </p>
    </SignInFrame>
  );
}
