"use client";
import { useTransition } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { AuthorizationOutcome, IntegrationDetail } from "#lib/services/integrations/schema.ts";
import { authorizationWords } from "./authorization-words.ts";
import { SettingRow } from "./setting-row.tsx";
import type { Answer } from "./types.ts";

type Authorize = () => Promise<Answer<{ readonly href: string }>>;

/** How an authorization ended that has just come back. */
export function AuthorizationOutcomeCallout({ outcome }: { readonly outcome: AuthorizationOutcome }) {
  const { title, text } = authorizationWords[outcome];
  const tone = outcome === "authorized" ? "good" : outcome === "denied" ? "info" : "bad";
  return (
    <Callout tone={tone} title={title}>
      {text}
    </Callout>
  );
}

type Standing = "missing" | "lost" | "given";

/** Whether Clever still lets Aivo in, as far as the last sync knows. */
export function standingOf({
  secretsSet,
  lastRun,
  lastSuccess,
  refusal,
}: Pick<IntegrationDetail, "secretsSet" | "lastRun" | "lastSuccess" | "refusal">): Standing {
  const isRefused = refusal === "standing" && lastRun?.failure?.code === "authorization-expired";
  if (secretsSet.includes("accessToken")) return isRefused ? "lost" : "given";
  if (isRefused) return lastSuccess === null ? "missing" : "lost";
  return lastSuccess === null ? "missing" : "given";
}

const words: Record<Exclude<Standing, "given">, { readonly title: string; readonly text: string }> = {
  missing: {
    title: "Clever has to let Aivo in first",
    text: "A district admin of Clever signs in there and agrees, once. Aivo then reads the district's roster and nothing else; if Clever lists the district already, the first sync finds that out by itself.",
  },
  lost: {
    title: "Clever does not let Aivo in any more",
    text: "The authorization has expired or was withdrawn. Nobody was deactivated. Reconnect to go on exactly where the last sync ended: nothing has to be set up or matched again.",
  },
};

interface AuthorizationProps {
  readonly integration: Pick<IntegrationDetail, "secretsSet" | "lastRun" | "lastSuccess" | "refusal">;
  readonly outcome: AuthorizationOutcome | null;
  readonly authorize: Authorize;
}

/** The last sync may have failed for what has just been repaired. */
const nowOf = ({ integration, outcome }: Pick<AuthorizationProps, "integration" | "outcome">): Standing =>
  outcome === "authorized" ? "given" : standingOf(integration);

/** What has just come back, what is missing, and the button for it. */
export function CleverAuthorization({ integration, outcome, authorize }: AuthorizationProps) {
  const standing = nowOf({ integration, outcome });
  return (
    <>
      {outcome === null ? null : <AuthorizationOutcomeCallout outcome={outcome} />}
      {standing !== "given" ? (
        <Callout
          tone="warn"
          title={words[standing].title}
          action={<AuthorizeButton label={standing === "lost" ? "Reconnect" : "Authorize with Clever"} authorize={authorize} isMain />}
        >
          {words[standing].text}
        </Callout>
      ) : null}
    </>
  );
}

/** How it stands while all is well, and the way to do it again. */
export function AuthorizationRow({ integration, outcome, authorize }: AuthorizationProps) {
  const isGiven = nowOf({ integration, outcome }) === "given";
  return (
    <SettingRow
      label="Authorization"
      {...(isGiven ? { action: <AuthorizeButton label="Reconnect" authorize={authorize} /> } : {})}
      detail={
        isGiven
          ? "Reconnect when somebody else is to be the one who agreed, or after the application was changed in Clever; links and history stay."
          : "The step for it stands at the top of this page."
      }
    >
      {isGiven ? "Clever lets Aivo read the district" : "Clever does not let Aivo read the district"}
    </SettingRow>
  );
}

/** Leaves for Clever, and comes back to the integration's page. */
function AuthorizeButton({
  label,
  authorize,
  isMain = false,
}: {
  readonly label: string;
  readonly authorize: Authorize;
  readonly isMain?: boolean;
}) {
  const [pending, begin] = useTransition();
  const click = () =>
    begin(async () => {
      const answer = await confirmed(authorize)().catch(() => unreachable);
      if (!answer.ok) return toast({ tone: "bad", title: answer.message });
      window.location.assign(answer.data.href);
      // The button stays busy until the browser has left.
      await new Promise<never>(() => {});
    });
  return (
    <Button size="sm" variant={isMain ? "primary" : "secondary"} icon={<Icon name="key-round" />} pending={pending} onClick={click}>
      {label}
    </Button>
  );
}
