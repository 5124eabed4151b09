import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { ownSessionOfPage } from "#app/session.ts";
import {
  beginOwnApp,
  beginOwnPasskey,
  finishOwnApp,
  finishOwnPasskey,
  makeOwnCodes,
  removeOwnApp,
  removeOwnPasskey,
} from "#app/sign-in/factor-actions.ts";
import { PasswordForm } from "#components/settings/password-form.tsx";
import { SecondFactor } from "#components/sign-in/second-factor.tsx";
import { SessionList } from "#components/sign-in/session-list.tsx";
import { listFactors } from "#lib/services/accounts/factors/read.ts";
import { listSessions, sessionLimits } from "#lib/services/accounts/sessions.ts";
import { changePassword, endOtherSessions, endSession } from "./sign-in/actions.ts";

const factorActions = {
  beginApp: beginOwnApp,
  finishApp: finishOwnApp,
  beginPasskey: beginOwnPasskey,
  finishPasskey: finishOwnPasskey,
  removeApp: removeOwnApp,
  removePasskey: removeOwnPasskey,
  makeCodes: makeOwnCodes,
};

/** What everybody has of their own sign-in, whether under Settings or, for teachers and learners, beside their classrooms. */
export async function OwnSignIn() {
  const { scope, sessionId } = await ownSessionOfPage();
  const opened = await services();
  const isAdmin = scope.actor.role === "admin";
  const [sessions, factors] = await Promise.all([
    listSessions(opened, scope, scope.accountId),
    isAdmin ? listFactors(opened, scope, scope.accountId) : null,
  ]);
  return (
    <>
      <PasswordForm change={changePassword} changedHref={paths.passwordChanged()} />
      {factors === null ? null : <SecondFactor factors={factors} actions={factorActions} />}
      <SessionList
        sessions={sessions.map((session) => ({ ...session, isThis: session.id === sessionId }))}
        end={endSession}
        endOthers={endOtherSessions}
        {...sessionLimits}
      />
    </>
  );
}
