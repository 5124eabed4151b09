"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useId, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { announce } from "#components/ui/announcer.tsx";
import { Button } from "#components/ui/button.tsx";
import { Box } from "#components/ui/card.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { useReadOnly } from "#components/ui/read-only.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { PartSelection } from "#lib/roster/plan-parts.ts";
import type { Chosen } from "./choice.ts";

/** Where to go once it is asked for, or why it was not. */
export type Decided = { readonly href: string | null; readonly message: string | null };
export type Decide = (input: {
  readonly without: readonly PartSelection[];
  readonly shown: string;
  readonly reason: string;
}) => Promise<Decided>;

export interface DecisionBoxProps {
  readonly chosen: Chosen;
  /** How much is checked, in words. */
  readonly said: string;
  readonly hash: string;
  /** It looks like harm: to refuse is what is likely right. */
  readonly isHarm: boolean;
  readonly ifNothing: ReactNode;
  readonly expires: ReactNode;
  readonly unavailable?: string;
  readonly approve: Decide;
  readonly refuse: (reason: string) => Promise<string | null>;
}

type Answer = "parts" | "all" | "none";

/** The decision about a plan that waits: what was checked, all of it, or nothing; with a reason. Whoever only reads sees what becomes of it. */
export function DecisionBox({ chosen, said, hash, isHarm, ifNothing, expires, unavailable, approve, refuse }: DecisionBoxProps) {
  const router = useRouter();
  const isReadOnly = useReadOnly();
  const heading = useId();
  const field = useId();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [asked, setAsked] = useState<Answer | null>(null);
  const [pending, begin] = useTransition();
  const { without, checked, takenSingly, stay } = chosen;

  const answer = (kind: Answer) => {
    if (reason.trim().length < 3) {
      setError("Say why, so that others can follow it later");
      document.getElementById(field)?.focus();
      return;
    }
    setError(null);
    setAsked(kind);
    begin(async () => {
      const { href, message } =
        kind === "none"
          ? { href: null, message: await refuse(reason).catch(() => unreachable.message) }
          : await approve({ without: kind === "all" ? [] : without, shown: hash, reason }).catch(() => ({ ...unreachable, href: null }));
      setError(message);
      if (message !== null) return announce(message);
      if (href) router.push(href);
      else router.refresh();
    });
  };
  const button = (kind: Answer, label: string, isFilled: boolean, blocked = unavailable) => (
    <Button
      variant={isFilled ? "primary" : kind === "none" ? "quiet" : "secondary"}
      className="w-full"
      pending={pending && asked === kind}
      {...(blocked === undefined ? {} : { unavailable: blocked })}
      onClick={() => answer(kind)}
    >
      {label}
    </Button>
  );
  const approvals =
    without.length === 0
      ? [button("all", "Approve All", !isHarm)]
      : [
          button(
            "parts",
            stay > 0 ? "Approve What Is Checked" : `Approve the ${formatCount(checked, "Part", "Parts")}`,
            !isHarm,
            unavailable ?? (checked + takenSingly === 0 ? "Check at least one part." : undefined),
          ),
          button("all", "Approve All", false),
        ];
  const refusal = button("none", "Refuse: Change Nothing", isHarm, undefined);
  const [first, second] = approvals;
  return (
    <Box>
      <section aria-labelledby={heading} className="grid gap-4 text-sm">
        <div className="grid gap-1">
          <h2 id={heading} className="text-head">
            {isReadOnly ? "The decision" : "Your decision"}
          </h2>
          <p className="text-pretty text-soft">
            {isReadOnly ? "A district admin or an integration admin makes it." : said}{" "}
            {isReadOnly || without.length === 0 ? "" : waiting(chosen)}
          </p>
          {unavailable === undefined ? null : <p className="text-pretty text-ask">{unavailable}</p>}
        </div>
        {isReadOnly ? null : (
          <Field label="Why" required id={field} error={error ?? undefined} hint="Kept in the audit log. Names need not stand here.">
            {(control) => (
              <Textarea
                {...control}
                className="min-h-16"
                value={reason}
                maxLength={500}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        )}
        {isReadOnly ? null : (
          <div className="grid gap-2">
            {isHarm ? refusal : null}
            {first}
            {second}
            {isHarm ? null : refusal}
          </div>
        )}
        <dl className="grid gap-3 border-t border-line pt-4">
          <Fact term={isReadOnly ? "If nobody decides" : "If you do nothing"}>{ifNothing}</Fact>
          <Fact term="Expires">{expires}</Fact>
          {isReadOnly ? null : (
            <Fact term="Not sure?">
              <CopyLink /> What you approve can be undone for 7 days, the latest sync first.
            </Fact>
          )}
        </dl>
      </section>
    </Box>
  );
}

/** What becomes of what is left out, as a sentence. */
function waiting({ out, stay }: Chosen): string {
  const whole = out.map(({ leftOut }, n) => (n === 0 ? leftOut : leftOut.replace(/^The /, "the ")));
  const singly = stay === 0 ? [] : [formatCount(stay, "single record stays as it is", "single records stay as they are")];
  const each = [...whole, ...singly];
  return `${each.join(", ")}: that waits for a decision of its own.`;
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-fine font-medium text-muted">{term}</dt>
      <dd className="mt-0.5 text-pretty">{children}</dd>
    </div>
  );
}

/** Copies the page's address. */
function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(window.location.href);
    setCopied(true);
    announce("The link is copied.");
  };
  return (
    <button type="button" className="text-link" onClick={() => void copy()}>
      {copied ? "Copied." : "Copy a link for a colleague."}
    </button>
  );
}
