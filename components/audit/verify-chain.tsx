"use client";
import { useState } from "react";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";

type Outcome =
  | { readonly ok: true; readonly data: { readonly entries: number; readonly brokenAt: number | null } }
  | { readonly ok: false; readonly message: string };

/** Checks on the server that no entry was changed, removed or put in. */
export function VerifyChain({ verify }: { readonly verify: () => Promise<Outcome> }) {
  const [pending, setPending] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const run = async () => {
    setPending(true);
    setOutcome(await verify().catch(() => ({ ok: false, message: "The server did not answer. Try again." }) as const));
    setPending(false);
  };
  const verdict = outcome === null ? null : verdictOf(outcome);
  return (
    <>
      <Button icon={<Icon name="shield-check" />} pending={pending} onClick={run}>
        Verify chain
      </Button>
      {verdict === null ? null : (
        <AlertDialog open onClose={() => setOutcome(null)} title="Verification of the audit log" closeLabel="Close">
          <Callout tone={verdict.tone} title={verdict.title}>
            {verdict.text}
          </Callout>
        </AlertDialog>
      )}
    </>
  );
}

function verdictOf(outcome: Outcome): { readonly tone: "good" | "bad"; readonly title: string; readonly text: string } {
  if (!outcome.ok) return { tone: "bad", title: "The chain could not be verified", text: outcome.message };
  const { entries, brokenAt } = outcome.data;
  if (brokenAt === null) {
    return {
      tone: "good",
      title: `The chain is whole: ${formatCount(entries, "entry", "entries")} verified`,
      text: "Each entry still carries the hash of the one before it. Nothing was changed, removed or put in.",
    };
  }
  const place = formatNumber(brokenAt);
  return {
    tone: "bad",
    title: `The chain breaks at entry ${place}`,
    text: `The entries before it verified. Entry ${place} was changed, or one in front of it was removed. Download the log, and tell whoever runs Aivo for you.`,
  };
}
