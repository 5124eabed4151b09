"use client";
import { type Decided, DecisionCard, textOf } from "#components/decisions/decision-card.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { Candidate } from "#lib/services/conflicts/schema.ts";
import { nameOf, tellingOf } from "./conflict-words.ts";

export interface ConflictAnswer {
  readonly who: string;
  readonly reason: string;
  readonly applyNow: boolean;
}

export interface DecideConflictProps {
  /** Accounts to choose from, those that were found last. */
  readonly accounts: readonly Candidate[];
  /** What the role is called, for the search. */
  readonly noun: string;
  readonly isPaused: boolean;
  readonly decide: (answer: ConflictAnswer) => Promise<Decided>;
}

/** Asks who the person is. */
export function DecideConflict({ accounts, noun, isPaused, decide }: DecideConflictProps) {
  return (
    <DecisionCard
      title="Who is it?"
      lead={
        <div className="mb-4 grid gap-1.5">
          <p className="text-sm text-muted">None of these? Search all {noun}s by name, number, email or id:</p>
          <SearchField label={`Search ${noun}s`} />
        </div>
      }
      legend="The person in the SIS is"
      name="who"
      options={[
        ...accounts.map((account) => ({
          value: account.id,
          label: `The account of ${nameOf(account)}`,
          hint: `${tellingOf(account)}. It takes the SIS's values, and keeps its history and classes.`,
        })),
        {
          value: "new",
          label: "Somebody new: none of these accounts",
          hint: "They get an account of their own, unless another one than these has their address or number. An account that loses its last link is deactivated.",
        },
        {
          value: "ignore",
          label: "Ignore this record",
          hint: "It is left out, with its enrollments, until its name, address, number or role is another. An account that its id leads to stays as it is.",
        },
      ]}
      reasonHint="Kept in the audit log. Names need not stand here."
      decide={(form) => decide({ who: textOf(form, "who"), reason: textOf(form, "reason"), applyNow: form.get("applyNow") === "on" })}
    >
      {isPaused ? (
        <p className="text-sm text-muted">The integration is paused: the first sync after it is resumed follows the decision.</p>
      ) : (
        <Checkbox
          name="applyNow"
          label="Apply now"
          hint="Without asking the SIS, from what it said before, together with other decisions that wait. Else the next sync follows it."
        />
      )}
    </DecisionCard>
  );
}
