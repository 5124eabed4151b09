"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Textarea } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { ErasureView } from "#lib/services/retention/schema.ts";

export interface EraseInput {
  readonly name: string;
  readonly reason: string;
  readonly bar: boolean;
}

export interface ErasePersonProps {
  readonly view: ErasureView;
  /** Where to go once they are erased. */
  readonly listHref: string;
  readonly erase: (input: EraseInput) => Promise<Result>;
  readonly asked: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void };
}

/** Erases all that Aivo has about one person, once their name is typed and a reason given. */
export function ErasePerson({ view, listHref, erase, asked: { open, onOpenChange } }: ErasePersonProps) {
  const router = useRouter();
  const form = useId();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Extract<Result, { ok: false }> | null>(null);
  const still = view.integrations.filter(({ isRostered }) => isRostered).map((one) => one.name);
  const change = (next: boolean) => {
    if (pending) return;
    onOpenChange(next);
    setRefusal(null);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(null);
    const input = { name: String(given.get("name") ?? ""), reason: String(given.get("reason") ?? ""), bar: given.get("bar") === "on" };
    const result = await confirmed(erase)(input).catch(() => unreachable);
    setPending(false);
    if (!result.ok) return setRefusal(result);
    toast({ tone: "good", title: "Erased" });
    router.push(listHref);
  };
  const errors = refusal?.fields ?? {};
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={`Erase ${view.name}?`}
      description="For good, at once, and from all of Aivo. It cannot be undone."
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="danger" pending={pending}>
            Erase {view.name}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="grid gap-4" noValidate>
        {refusal === null ? null : <FormErrorSummary message={refusal.message} />}
        <p className="text-sm">
          The account, {formatCount(view.memberships, "class membership", "class memberships")}, edits, what SISs said, and every value in
          the history go. Plans that wait for an approval are discarded, since they may name them. The audit log says that somebody was
          erased, why and by whom, and keeps no name.
        </p>
        {still.length === 0 ? (
          <p className="text-sm text-muted">No SIS has them any more.</p>
        ) : (
          <Callout tone="warn" title={`Still in ${still.join(" and ")}`}>
            Unless they are taken out there, or left out here, the next sync makes them anew.
          </Callout>
        )}
        <Checkbox
          name="bar"
          defaultChecked
          label="Have syncs leave them out"
          hint="Aivo keeps a keyed hash of their id in each SIS, and no name. If a SIS gives them another id, or that id to somebody else, this is wrong: Settings, Retention lists it and lets it in again."
        />
        <Field label="Why" required error={errors.reason} hint="Stands in the audit log for good. Do not name the person.">
          {(control) => <Textarea {...control} name="reason" maxLength={500} />}
        </Field>
        <Field label={`Type “${view.name}”`} required error={errors.name}>
          {(control) => <Input {...control} name="name" autoComplete="off" spellCheck={false} />}
        </Field>
      </form>
    </Dialog>
  );
}
