import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { ownSessionOfPage } from "#app/session.ts";
import { PasswordForm } from "#components/settings/password-form.tsx";
import { SessionList } from "#components/sign-in/session-list.tsx";
import { listSessions, sessionLimits } from "#lib/services/accounts/sessions.ts";
import { changePassword, endOtherSessions, endSession } from "./sign-in/actions.ts";

/** What everybody has of their own sign-in, whether under Settings or, for teachers and learners, beside their classrooms. */
export async function OwnSignIn() {
  const { scope, sessionId } = await ownSessionOfPage();
  const sessions = await listSessions(await services(), scope, scope.accountId);
  return (
    <>
      <PasswordForm change={changePassword} changedHref={paths.passwordChanged()} />
      <SessionList
        sessions={sessions.map((session) => ({ ...session, isThis: session.id === sessionId }))}
        end={endSession}
        endOthers={endOtherSessions}
        {...sessionLimits}
      />
    </>
  );
}
