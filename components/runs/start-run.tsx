"use client";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { toast } from "#components/ui/toast.tsx";
import { BlackoutQuestion } from "./blackout-question.tsx";

/** An action's answer as these buttons need it: where to go, or why not; `asks`: a sentence to be confirmed before. */
export type Outcome =
  | { readonly ok: true; readonly href: string }
  | { readonly ok: false; readonly message: string; readonly href: string | null; readonly asks?: string };

export interface StartRunProps {
  readonly kind: "sync" | "preview";
  readonly integrationName: string;
  /** In the place of its own. */
  readonly label?: string;
  readonly variant?: "primary" | "secondary";
  readonly size?: "sm" | "md";
  readonly unavailable?: string;
  /** Called again with true once somebody has confirmed what it asks. */
  readonly start: (isConfirmed?: boolean) => Promise<Outcome>;
}

/** *Run Sync Now* and *Preview changes*: starts a run and goes to its page; or to the page of the one already running. */
export function StartRun({ kind, integrationName, label: given, variant = "secondary", size = "md", unavailable, start }: StartRunProps) {
  const router = useRouter();
  const [pending, begin] = useTransition();
  const [asks, setAsks] = useState<string | null>(null);
  const label = given ?? (kind === "sync" ? "Run Sync Now" : "Preview changes");
  const click = (isConfirmed: boolean) =>
    begin(async () => {
      const outcome = await start(isConfirmed).catch((): Outcome => ({ ...unreachable, href: null }));
      setAsks(outcome.ok ? null : (outcome.asks ?? null));
      if (!outcome.ok && outcome.asks) return;
      if (!outcome.ok) toast({ tone: outcome.href ? "info" : "bad", title: outcome.message });
      if (outcome.href) router.push(outcome.href);
    });
  return (
    <>
      <Button
        variant={variant}
        size={size}
        icon={kind === "sync" ? <Icon name="refresh-cw" /> : <Icon name="eye" />}
        pending={pending}
        {...(unavailable === undefined ? {} : { unavailable })}
        onClick={() => click(false)}
        aria-label={size === "sm" ? `${label}: ${integrationName}` : undefined}
      >
        {label}
      </Button>
      <BlackoutQuestion asks={asks} label={label} pending={pending} cancel={() => setAsks(null)} confirm={() => click(true)} />
    </>
  );
}
