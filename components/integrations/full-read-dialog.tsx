"use client";
import { useState } from "react";
import { Field, Input } from "#components/ui/field.tsx";
import { EditDialog } from "./edit-dialog.tsx";
import type { Answer } from "./types.ts";

export interface FullReadDialogProps {
  readonly days: number;
  readonly save: (days: string) => Promise<Answer>;
  readonly onClose: () => void;
}

/** How long a full read may be away. */
export function FullReadDialog({ days, save, onClose }: FullReadDialogProps) {
  const [typed, setTyped] = useState(String(days));
  return (
    <EditDialog title="Full read" done="Setting saved" save={() => save(typed)} onClose={onClose}>
      {(problem) => (
        <>
          <p className="text-sm text-muted">
            Changes are quick to read, and a full read is what finds anything that a SIS forgot to tell. How long a full read may be away is
            up to you; a week is a good measure.
          </p>
          <Field
            id="fullReadDays"
            label="Full read at least every … days"
            required
            hint="0 to 31. 0: every sync reads everything."
            error={problem?.fields.fullReadDays}
          >
            {(control) => <Input {...control} value={typed} onChange={(event) => setTyped(event.target.value)} inputMode="numeric" />}
          </Field>
        </>
      )}
    </EditDialog>
  );
}
