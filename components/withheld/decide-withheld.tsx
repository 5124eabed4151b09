"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { WhyOnDemand } from "#components/ui/why-on-demand.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { WithheldFilter, WithheldRow } from "#lib/services/withheld/schema.ts";

/** What is decided about: rows that were ticked, or null for all that the filter means; with what was shown of it. */
export interface WithheldRequest {
  readonly filter: Omit<WithheldFilter, "page" | "rows">;
  readonly rows: readonly Pick<WithheldRow, "row" | "mark">[] | null;
  readonly hash: string;
  readonly reason: string;
}
/** `message`: why it was not done. */
export interface WithheldAnswer {
  readonly message: string | null;
  readonly href: string | null;
}
export type Decide = (request: WithheldRequest) => Promise<WithheldAnswer>;

export interface DecideWithheldProps {
  readonly request: Omit<WithheldRequest, "reason">;
  readonly count: number;
  /** How many of them leave, so that people cannot sign in any more. */
  readonly leaving: number;
  /** In a row of a list, what it is about; else it is what the page is for. */
  readonly about?: string;
  readonly approve: Decide;
  readonly refuse: Decide;
  readonly askAgain: Decide;
}

/** The answers to what is withheld, each with what it does and why it is given. */
export function DecideWithheld({ request, count, leaving, about, approve, refuse, askAgain }: DecideWithheldProps) {
  const what = formatCount(count, "change");
  const isRefused = request.filter.state === "refused";
  return (
    <>
      <Answer
        trigger={isRefused ? "Ask again" : about === undefined ? `Refuse ${what}` : "Refuse"}
        {...(about === undefined ? {} : { about })}
        title={isRefused ? `Ask about ${what} again?` : `Keep Aivo's for ${what}?`}
        confirmLabel={isRefused ? `Ask about ${what} again` : `Refuse ${what}`}
        tone="primary"
        done={
          isRefused
            ? "It waits for a decision again."
            : "Refused. Aivo keeps what it has, and does not ask again while the SIS says the same."
        }
        decide={(reason) => (isRefused ? askAgain : refuse)({ ...request, reason })}
        variant="secondary"
      >
        {isRefused
          ? "Nothing changes in the roster. What the SIS says waits for a decision again."
          : "Nothing changes in the roster: who would leave stays and can sign in, and values stay as they are. It is asked about again only when the SIS says something else."}
      </Answer>
      <Answer
        trigger={about === undefined ? `Approve ${what}` : "Approve"}
        {...(about === undefined ? {} : { about })}
        title={`Apply ${what}?`}
        confirmLabel={leaving > 0 ? `Approve: ${formatCount(leaving, "record")} will leave` : `Approve ${what}`}
        tone={leaving > 0 ? "danger" : "primary"}
        done="Approved."
        decide={(reason) => approve({ ...request, reason })}
        variant={about === undefined ? "primary" : "secondary"}
      >
        {leaving > 0
          ? "Who leaves cannot sign in any more, and loses their classes; their data stays, and they come back when the SIS has them again. "
          : ""}
        Exactly what is shown here is applied, at once and without asking the SIS.
      </Answer>
    </>
  );
}

interface AnswerProps {
  readonly trigger: string;
  readonly about?: string;
  readonly title: string;
  readonly confirmLabel: string;
  readonly tone: "danger" | "primary";
  readonly variant: "primary" | "secondary";
  readonly done: string;
  readonly decide: (reason: string) => Promise<WithheldAnswer>;
  readonly children: React.ReactNode;
}

function Answer({ trigger, about, title, confirmLabel, tone, variant, done, decide, children }: AnswerProps) {
  const router = useRouter();
  const [reason, setReason] = useState("");
  const confirm = async () => {
    const { message, href } = await decide(reason);
    if (message !== null) return message;
    toast({ tone: "good", title: done });
    if (href) router.push(href);
    else router.refresh();
    setReason("");
    return null;
  };
  return (
    <ConfirmDialog
      trigger={
        about === undefined ? (
          <Button variant={variant}>{trigger}</Button>
        ) : (
          <Button variant={variant} size="sm" aria-label={`${trigger}: ${about}`}>
            {trigger}
          </Button>
        )
      }
      title={title}
      confirmLabel={confirmLabel}
      tone={tone}
      onConfirm={confirm}
    >
      <p>{children}</p>
      <WhyOnDemand hint="Kept in the audit log. Names need not stand here." value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}
