"use client";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { formatCount, formatNumber } from "#lib/format/number.ts";

type Outcome = { readonly ok: true; readonly data: { readonly entries: number; readonly brokenAt: number | null } } | { readonly ok: false; readonly message: string };

/** Checks on the server that no entry was changed, removed or put in. */
export function VerifyChain({ verify }: { readonly verify: () => Promise<Outcome> }) {
  const [pending, setPending] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const run = async () => {
    setPending(true);
    setOutcome(await verify().catch(() => ({ ok: false, message: "The server did not answer. Try again." }) as const));
    setPending(false);
  };
  return (
    <div className="contents">
      <Button icon={<ShieldCheck aria-hidden />} pending={pending} onClick={run}>
        Verify chain
      </Button>
      <div role="status" className="order-last w-full empty:hidden">
        {outcome === null ? null : <Verdict outcome={outcome} />}
      </div>
    </div>
  );
}

function Verdict({ outcome }: { readonly outcome: Outcome }) {
  if (!outcome.ok) return <Callout tone="bad" title="The chain could not be verified">{outcome.message}</Callout>;
  const { entries, brokenAt } = outcome.data;
  if (brokenAt === null) {
    return (
      <Callout tone="good" title={`The chain is whole: ${formatCount(entries, "entry", "entries")} verified`}>
        Each entry still carries the hash of the one before it. Nothing was changed, removed or put in.
      </Callout>
    );
  }
  return (
    <Callout tone="bad" title={`The chain breaks at entry ${formatNumber(brokenAt)}`}>
      The {formatCount(entries, "entry", "entries")} before it verified. Entry {formatNumber(brokenAt)} was changed, or one in front of it was removed: tell whoever runs Aivo for you, and keep a download.
    </Callout>
  );
}
