"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { entities } from "#lib/roster/canonical.ts";
import type { UndoPreview } from "#lib/services/runs/schema.ts";
import { entityWords } from "./run-words.ts";

export type Looked = { readonly ok: true; readonly preview: UndoPreview } | { readonly ok: false; readonly message: string };
export type Undone = { readonly ok: true; readonly href: string } | { readonly ok: false; readonly message: string };

export interface UndoRunProps {
  /** "Sync 41". */
  readonly name: string;
  readonly look: () => Promise<Looked>;
  readonly undo: (input: { readonly reason: string; readonly shown: string }) => Promise<Undone>;
}

/** *Undo this sync*: says with numbers what it does and what it leaves alone, and asks why. */
export function UndoRun({ name, look, undo }: UndoRunProps) {
  const router = useRouter();
  const form = useId();
  const [open, setOpen] = useState(false);
  const [looked, setLooked] = useState<Looked | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [looking, beginLooking] = useTransition();
  const [pending, begin] = useTransition();
  const change = (next: boolean) => {
    if (pending) return;
    setOpen(next);
    setRefusal(null);
    if (!next) return;
    setLooked(null);
    beginLooking(async () => setLooked(await look().catch(() => unreachable)));
  };
  const preview = looked?.ok ? looked.preview : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (preview === null) return;
    const reason = String(new FormData(event.currentTarget).get("reason") ?? "");
    begin(async () => {
      const answer = await undo({ reason, shown: preview.shown }).catch(() => unreachable);
      if (!answer.ok) return setRefusal(answer.message);
      setOpen(false);
      router.push(answer.href);
    });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      trigger={<Button icon={<Icon name="undo-2" />}>Undo this sync</Button>}
      title={`Undo ${name}?`}
      description="The roster returns to what it was before, and the integration is paused until somebody resumes it: its SIS would say the same again."
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          {preview === null ? null : (
            <Button type="submit" form={form} variant="danger" pending={pending}>
              {preview.changeCount === 0 ? `Undo ${name}` : `Take back ${formatCount(preview.changeCount, "change")}`}
            </Button>
          )}
        </>
      }
    >
      {looking ? <p className="text-sm text-muted">Working out what that would do …</p> : null}
      {looked && !looked.ok ? <FormErrorSummary message={looked.message} /> : null}
      {refusal === null ? null : <FormErrorSummary message={refusal} />}
      {preview === null ? null : (
        <form id={form} onSubmit={submit} className="grid gap-4" noValidate>
          <Consequences preview={preview} />
          <Field label="Why" required hint="Stands on the page of the undo and in the audit log. Names need not stand here.">
            {(control) => <Textarea {...control} name="reason" maxLength={500} />}
          </Field>
        </form>
      )}
    </Dialog>
  );
}

const verbs = [
  { key: "removed", words: "go again" },
  { key: "updated", words: "get their values back" },
  { key: "reactivated", words: "are active again" },
  { key: "deactivated", words: "are deactivated again" },
  { key: "unlinked", words: "lose their link to the SIS" },
] as const;

function Consequences({ preview }: { readonly preview: UndoPreview }) {
  const { totals, leftAlone, leftAloneCount, alsoTakenBack, discards } = preview;
  const lines = verbs.flatMap(({ key, words }) =>
    entities.flatMap((entity) => {
      const count = totals[entity][key] ?? 0;
      return count === 0 ? [] : [`${formatCount(count, entityWords[entity].one, entityWords[entity].many)}: ${words}`];
    }),
  );
  return (
    <>
      {lines.length === 0 ? (
        <p className="text-sm">No record changes: all that this sync changed is left alone.</p>
      ) : (
        <ul className="grid list-disc gap-1 pl-5 text-sm">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {alsoTakenBack === 0 ? null : (
        <p className="text-sm">
          {formatCount(alsoTakenBack, "later sync", "later syncs")} that changed no record {alsoTakenBack === 1 ? "is" : "are"} taken back
          with it.
        </p>
      )}
      {discards.length === 0 ? null : (
        <p className="text-sm">The plan of Sync {discards.join(" and ")}, which waits for an answer, is discarded.</p>
      )}
      {leftAloneCount === 0 ? null : (
        <section aria-label="Left alone" className="grid gap-1 text-sm">
          <h3 className="font-semibold">{formatCount(leftAloneCount, "record is", "records are")} left alone</h3>
          <ul className="grid max-h-48 list-disc gap-1 overflow-y-auto pl-5">
            {leftAlone.map((row) => (
              <li key={row.recordId}>
                {row.label} <span className="text-muted">({entityWords[row.entity].one})</span>: {row.why}
              </li>
            ))}
          </ul>
          {leftAloneCount > leftAlone.length ? (
            <p className="text-muted">
              And {formatCount(leftAloneCount - leftAlone.length, "more", "more")}:{" "}
              <code>npm run sis -- sync undo {preview.runId} --preview</code> lists all of them.
            </p>
          ) : null}
        </section>
      )}
    </>
  );
}
