"use client";
import { type FormEvent, useId, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { Button } from "#components/ui/button.tsx";
import { DialogBox } from "#components/ui/dialog-box.tsx";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { AddAdminProps } from "./add-admin.tsx";
import { AdminFields } from "./admin-fields.tsx";
import { unreachable } from "./result.ts";
import { roleOf } from "./roles.ts";

/** The form for a new admin. */
export function AddAdminDialog({ add, isInvited, choices, onClose, pressed }: AddAdminProps & Opened) {
  const formId = useId();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<{ readonly message: string; readonly fields: Readonly<Record<string, string>> } | null>(null);
  const close = () => (pending ? undefined : onClose());
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const input = {
      givenName: String(form.get("givenName")),
      familyName: String(form.get("familyName")),
      email: String(form.get("email")),
      ...roleOf(form),
    };
    setPending(true);
    setRefusal(null);
    const result = await confirmed(add)(input).catch(() => unreachable);
    setPending(false);
    if (!result.ok) {
      setRefusal(result);
      return;
    }
    onClose();
    const who = `${input.givenName} ${input.familyName}`.trim() || input.email;
    toast(
      isInvited
        ? { tone: "good", title: `${who} is invited`, description: "A link to choose a password is on its way." }
        : { tone: "good", title: `${who} is added`, description: "They can sign in with the district’s own account." },
    );
  };
  return (
    <DialogBox
      onOpenChange={close}
      pressed={pressed}
      title="Add admin"
      description={
        isInvited
          ? "They are sent an email with a link to choose a password, which works for 7 days."
          : "They sign in with the district’s own account that has their email address."
      }
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            Add admin
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="grid gap-5">
        <FormErrorSummary message={refusal?.message ?? null} />
        <AdminFields choices={choices} errors={refusal?.fields ?? {}} />
      </form>
    </DialogBox>
  );
}
