"use client";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import type { Outcome } from "#components/runs/start-run.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { toast } from "#components/ui/toast.tsx";

/** The SIS sends another version of OneRoster than before: nothing syncs until somebody has looked at what that means. */
export function VersionCallout({
  message,
  to,
  start,
}: {
  readonly message: string;
  readonly to: string;
  readonly start: () => Promise<Outcome>;
}) {
  const router = useRouter();
  const [pending, begin] = useTransition();
  const click = () =>
    begin(async () => {
      const outcome = await start();
      if (!outcome.ok) toast({ tone: outcome.href ? "info" : "bad", title: outcome.message });
      if (outcome.href) router.push(outcome.href);
    });
  return (
    <Callout
      tone="warn"
      title={`The SIS sends OneRoster ${to} now; nothing was changed`}
      action={
        <Button size="sm" variant="primary" pending={pending} onClick={click}>
          Change version
        </Button>
      }
    >
      <p>{message}</p>
      <p>
        <span className="font-semibold">What to do: </span>
        Change version shows who is who by the new ids, who is new and who is gone, before anything changes. Nothing syncs until then.
      </p>
    </Callout>
  );
}
