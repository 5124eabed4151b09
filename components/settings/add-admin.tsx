"use client";
import { type FormEvent, lazy, useId, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { TriggerElement } from "#components/ui/dialog-trigger.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { type Result, unreachable } from "./result.ts";
import { type GivenRole, type RoleChoices, roleOf } from "./roles.ts";

export interface AdminInput extends GivenRole {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
}

export interface AddAdminProps {
  readonly trigger: TriggerElement;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly add: (input: AdminInput) => Promise<Result>;
  readonly onAdded: (who: string) => void;
  /** Whether they are sent a link to choose a password; else they sign in with the district's own account. */
  readonly isInvited: boolean;
  readonly choices: RoleChoices;
}

const fields = () => import("./admin-fields.tsx");
const AdminFields = lazy(() => fields().then(({ AdminFields }) => ({ default: AdminFields })));

export function AddAdmin({ trigger, open, onOpenChange, add, onAdded, isInvited, choices }: AddAdminProps) {
  const formId = useId();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<{ readonly message: string; readonly fields: Readonly<Record<string, string>> } | null>(null);
  const change = (next: boolean) => {
    if (pending) return;
    setRefusal(null);
    onOpenChange(next);
  };
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
    onOpenChange(false);
    onAdded(`${input.givenName} ${input.familyName}`.trim() || input.email);
  };
  return (
    <Dialog
      brings={fields}
      open={open}
      onOpenChange={change}
      trigger={trigger}
      title="Add admin"
      description={
        isInvited
          ? "They are sent an email with a link to choose a password, which works for 7 days."
          : "They sign in with the district’s own account that has their email address."
      }
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
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
    </Dialog>
  );
}
