"use client";
import { useState } from "react";
import { Checkbox } from "#components/ui/choices.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { EditDialog } from "./edit-dialog.tsx";
import type { Answer } from "./types.ts";

export interface BlackoutInput {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly note: string;
  readonly isForAll: boolean;
}

export interface AddBlackoutProps {
  readonly timezone: string;
  readonly add: (input: BlackoutInput) => Promise<Answer>;
  readonly onClose: () => void;
}

const empty: BlackoutInput = { firstDay: "", lastDay: "", note: "", isForAll: false };

/** Days on which no scheduled sync is to start. */
export function AddBlackout({ add, timezone, onClose }: AddBlackoutProps) {
  const [input, setInput] = useState(empty);
  const change = (name: "firstDay" | "lastDay" | "note") => (event: { target: { value: string } }) =>
    setInput({ ...input, [name]: event.target.value });
  return (
    <EditDialog title="Add blackout dates" done="Blackout dates saved" save={() => add(input)} onClose={onClose}>
      {(problem) => (
        <>
          <p className="text-sm text-muted">
            On these days no scheduled sync starts; one that somebody runs by hand asks first. All days are whole ones in {timezone}. Admins
            are told two days before.
          </p>
          <div className="grid gap-5 sm:grid-cols-2">
            <Field label="First day" required error={problem?.fields.firstDay}>
              {(control) => <Input {...control} type="date" name="firstDay" value={input.firstDay} onChange={change("firstDay")} />}
            </Field>
            <Field label="Last day" required error={problem?.fields.lastDay}>
              {(control) => <Input {...control} type="date" name="lastDay" value={input.lastDay} onChange={change("lastDay")} />}
            </Field>
          </div>
          <Field label="Note" required error={problem?.fields.note} hint="Others see it, for example “Winter break” or “State testing”.">
            {(control) => (
              <Input {...control} name="note" value={input.note} onChange={change("note")} maxLength={200} autoComplete="off" />
            )}
          </Field>
          <Checkbox
            label="For all integrations of the district"
            checked={input.isForAll}
            onChange={(event) => setInput({ ...input, isForAll: event.target.checked })}
          />
        </>
      )}
    </EditDialog>
  );
}
