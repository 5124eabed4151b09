"use client";
import { type Decided, DecisionCard, textOf } from "#components/decisions/decision-card.tsx";
import type { RecordRef } from "#lib/services/runs/schema.ts";

export interface DecideClassProps {
  /** The classes that it may be. */
  readonly classrooms: readonly RecordRef[];
  readonly decide: (input: { readonly classroomId: string; readonly reason: string }) => Promise<Decided>;
}

/** Asks an admin which class a record is that may be one of several; it is followed at once. */
export function DecideClass({ classrooms, decide }: DecideClassProps) {
  return (
    <DecisionCard
      title="Which class is it?"
      legend="The class in the SIS is"
      name="classroomId"
      options={[
        ...classrooms.map(({ id, label }) => ({
          value: id,
          label,
          hint: "It keeps its history, and everybody of the new class goes along. The new one is archived.",
        })),
        { value: "another", label: "None of these", hint: "It stays a class of its own." },
      ]}
      reasonHint="Kept in the audit log."
      decide={(form) => decide({ classroomId: textOf(form, "classroomId"), reason: textOf(form, "reason") })}
    />
  );
}
