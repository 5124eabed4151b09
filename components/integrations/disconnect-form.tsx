"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { RadioGroup } from "#components/ui/choices.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { DisconnectKind, DisconnectNumbers } from "#lib/services/integrations/disconnect-schema.ts";

export interface DisconnectFormProps {
  readonly name: string;
  readonly numbers: DisconnectNumbers;
  readonly backHref: string;
  readonly disconnect: (input: { readonly people: string; readonly reason: string }) => Promise<Result<{ readonly href: string }>>;
}

const words: Record<DisconnectKind, readonly [string, string]> = {
  learner: ["learner", "learners"],
  teacher: ["teacher", "teachers"],
  admin: ["admin", "admins"],
  classroom: ["classroom", "classrooms"],
  school: ["school", "schools"],
  course: ["course", "courses"],
  term: ["term", "terms"],
};
const labels = { people: "What becomes of its people", reason: "Why" };

/** Asks what becomes of the people, with the numbers, and why. Deactivating leads to a preview, which is approved there. */
export function DisconnectForm({ name, numbers, backHref, disconnect }: DisconnectFormProps) {
  const router = useRouter();
  const [people, setPeople] = useState("");
  const [reason, setReason] = useState("");
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const alone = numbers.counts.filter((one) => one.alone > 0);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await confirmed(disconnect)({ people, reason }).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    if (people === "leave") toast({ tone: "good", title: `${name} is disconnected` });
    router.push(result.data.href);
  };
  const listed = alone.map(({ kind, alone: count }) => formatCount(count, ...words[kind])).join(", ");
  return (
    <form onSubmit={submit} className="grid max-w-3xl gap-6" noValidate>
      <FormErrorSummary message={refusal?.message ?? null} fields={refusal?.fields ?? {}} labels={labels} />
      <Card title="Whom this means" flush>
        <Numbers numbers={numbers} />
      </Card>
      <Card title="What becomes of its people">
        <div className="grid gap-6">
          <RadioGroup
            legend={labels.people}
            isLegendHidden
            name="people"
            value={people}
            onChange={setPeople}
            error={refusal?.fields.people}
            options={[
              {
                value: "leave",
                label: "Leave them as they are",
                hint:
                  alone.length === 0
                    ? "Nobody is from this integration alone."
                    : `${listed} stay active with the values they have, and people can go on signing in. No SIS speaks for them any more: their pages say “unmanaged since” today, and an admin deactivates them by hand.`,
              },
              {
                value: "deactivate",
                label: "Deactivate who and what only this integration has",
                hint:
                  alone.length === 0
                    ? "There is nobody and nothing to deactivate."
                    : `${listed}, and their class memberships. You see each of them before anything changes. They cannot sign in; their data is kept for the district's period, and the same people come back when a SIS has them again.`,
              },
            ]}
          />
          <Field
            label={labels.reason}
            id="reason"
            required
            error={refusal?.fields.reason}
            hint="Stands in the audit log. Names need not stand here."
          >
            {(control) => <Textarea {...control} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />}
          </Field>
          <p className="text-sm text-muted">
            Either way history and links stay, edits and what was archived by hand stay, and what another integration has too goes on with
            that one. It cannot be undone: credentials and decisions are erased. Connecting the SIS again finds the same people by number
            and email. {ended(numbers)}
          </p>
          <div className="flex flex-wrap gap-2">
            {people === "deactivate" ? (
              <Button
                type="submit"
                variant="primary"
                pending={pending}
                {...(alone.length === 0 ? { unavailable: "There is nothing to deactivate. Leave them as they are." } : {})}
              >
                Preview what is deactivated
              </Button>
            ) : (
              <Button type="submit" variant="danger" pending={pending}>
                Disconnect {name}
              </Button>
            )}
            <LinkButton href={backHref}>Cancel</LinkButton>
          </div>
        </div>
      </Card>
    </form>
  );
}

function ended({ ends }: DisconnectNumbers): string {
  const parts = [
    ...(ends.withheld > 0 ? [formatCount(ends.withheld, "change that waits for a decision", "changes that wait for a decision")] : []),
    ...(ends.plans > 0 ? [formatCount(ends.plans, "plan that waits", "plans that wait")] : []),
    ...(ends.unplaced > 0 ? [formatCount(ends.unplaced, "record that never became anybody", "records that never became anybody")] : []),
  ];
  const issues = ends.issues > 0 ? ` ${formatCount(ends.issues, "open issue is", "open issues are")} counted no longer.` : "";
  return parts.length === 0 ? issues.trim() : `It ends ${parts.join(", ")}.${issues}`;
}

function Numbers({ numbers: { counts, others } }: { readonly numbers: DisconnectNumbers }) {
  const shown = counts.filter((one) => one.alone + one.shared > 0);
  if (shown.length === 0) return <p className="py-3 text-sm text-muted">Nothing that is active is from this integration.</p>;
  return (
    <div className="grid gap-3 pb-4">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Active records of this integration</caption>
        <thead>
          <tr className="border-b border-line">
            {["Active now", "From it alone", "Another has, too", "Edited in Aivo"].map((header, index) => (
              <th
                key={header}
                scope="col"
                className={`eyebrow px-1.5 py-2 first:pl-0 last:pr-0 sm:px-3 sm:first:pl-0 sm:last:pr-0 ${index === 0 ? "text-left" : "text-right"}`}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {shown.map((one) => (
            <tr key={one.kind}>
              <th scope="row" className="py-2 pr-1.5 text-left sm:pr-3 font-medium first-letter:uppercase">
                {words[one.kind][1]}
              </th>
              {[one.alone, one.shared, one.edited].map((count, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns are what they are
                <td key={index} className="px-1.5 py-2 text-right tabular-nums last:pr-0 sm:px-3 sm:last:pr-0">
                  {formatNumber(count)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {others.length > 0 ? (
        <p className="text-sm text-muted">
          What another has too stays as it is: {others.join(", ")} {others.length === 1 ? "supplies" : "supply"} it from then on.
        </p>
      ) : null}
    </div>
  );
}
