import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { paths, safeReturnTo } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { getActor, sessionToProve, stepLeft } from "#app/session.ts";
import { ConfirmHost } from "#components/confirm/confirm-host.tsx";
import { SignOutButton } from "#components/shell/sign-out.tsx";
import { ChoosePasswordForm } from "#components/sign-in/choose-password-form.tsx";
import { ownAccountRefusals } from "#components/sign-in/own-account-words.ts";
import { ProveStep } from "#components/sign-in/prove-step.tsx";
import { SetUpFactor } from "#components/sign-in/set-up-factor.tsx";
import { SignInForm } from "#components/sign-in/sign-in-form.tsx";
import { SignInFrame } from "#components/sign-in/sign-in-frame.tsx";
import { looks } from "#components/ui/button-looks.ts";
import { Callout } from "#components/ui/callout.tsx";
import { waysToProve } from "#lib/services/accounts/factors/read.ts";
import { waysOfDistrict } from "#lib/services/identity/read.ts";
import { parseIdentityRefusal } from "#lib/services/identity/schema.ts";
import { chooseFirst, findWays } from "./actions.ts";
import {
  beginOwnApp,
  beginOwnPasskey,
  finishOwnApp,
  finishOwnPasskey,
  passkeyToProve,
  proveItIsMe,
  waysOfProving,
} from "./factor-actions.ts";
import { chooseFirstByForm, enterByForm, proveByForm } from "./form-actions.ts";
import { offeredWays } from "./offered-ways.ts";

export const metadata: Metadata = { title: "Sign in" };

interface SignInPageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const params = await searchParams;
  const returnTo = safeReturnTo(typeof params.returnTo === "string" ? params.returnTo : null);
  if ((await getActor()) !== null) redirect(returnTo);
  const step = await stepLeft();
  if (step === "prove-factor") {
    const { scope } = await sessionToProve();
    return (
      <SignInFrame title="One more thing" lead="Your password was right. Show your second factor.">
        <NeedsScripts>
          A passkey, and another way than the one shown, need JavaScript. Allow it for Aivo, and load the page again.
        </NeedsScripts>
        <ProveStep
          ways={await waysToProve(await services(), scope)}
          actions={{ prove: proveItIsMe, askPasskey: passkeyToProve }}
          doneHref={paths.signIn(returnTo)}
          send={proveByForm.bind(null, returnTo)}
        />
        <p className="border-t border-line pt-4 text-small text-muted">
          Lost all of it? Another admin of your district can take your second factor away, or whoever runs Aivo for you.
        </p>
        <NotNow />
      </SignInFrame>
    );
  }
  if (step === "set-up-factor") {
    return (
      <SignInFrame title="Set up a second factor" lead="Your district has every admin use one beside the password.">
        <NeedsScripts>Setting one up needs JavaScript. Allow it for Aivo, and load the page again.</NeedsScripts>
        <SetUpFactor
          actions={{
            beginApp: beginOwnApp,
            finishApp: finishOwnApp,
            beginPasskey: beginOwnPasskey,
            finishPasskey: finishOwnPasskey,
          }}
          doneHref={paths.signIn(returnTo)}
        />
        <NotNow />
        <ConfirmHost
          actions={{ ways: waysOfProving, prove: proveItIsMe, askPasskey: passkeyToProve }}
          signInHref={paths.signIn(undefined, "1")}
        />
      </SignInFrame>
    );
  }
  if (step === "choose-password") {
    return (
      <SignInFrame title="Choose your password" lead="The one that you were given has signed you in this once.">
        <ChoosePasswordForm choose={chooseFirst} doneHref={paths.signIn(returnTo)} send={chooseFirstByForm.bind(null, returnTo)} />
        <NotNow />
      </SignInFrame>
    );
  }
  const isAnew = params.anew === "1";
  const opened = await services();
  const { env } = opened;
  const initial = offeredWays(await waysOfDistrict(opened, typeof params.district === "string" ? params.district : ""), returnTo, isAnew);
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
      <SignInForm returnTo={returnTo} isAnew={isAnew} initial={initial} findWays={findWays} send={enterByForm.bind(null, returnTo)} />
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

function NeedsScripts({ children }: { readonly children: string }) {
  return (
    <noscript>
      <p className="text-small text-ask">{children}</p>
    </noscript>
  );
}

/** Leaves what is left of signing in. */
function NotNow() {
  return (
    <p>
      <SignOutButton to={paths.signIn()} label="Not now" className={looks({})} />
    </p>
  );
}
