"use client";
import { type FormEvent, lazy, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Result, unreachable } from "./result.ts";
import { type GivenRole, type RoleChoices, roleOf } from "./roles.ts";

export interface ChangeRoleProps {
  readonly name: string;
  readonly initial: GivenRole;
  readonly choices: RoleChoices;
  readonly give: (role: GivenRole) => Promise<Result>;
}

const fields = () => import("./role-fields.tsx");
const RoleFields = lazy(() => fields().then(({ RoleFields }) => ({ default: RoleFields })));

export function ChangeRole({ name, initial, choices, give }: ChangeRoleProps) {
  const formId = useId();
  const [open, setOpen] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<{ readonly message: string; readonly fields: Readonly<Record<string, string>> } | null>(null);
  const change = (next: boolean) => {
    if (pending) return;
    setRefusal(null);
    setOpen(next);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await give(roleOf(new FormData(event.currentTarget))).catch(() => unreachable);
    setPending(false);
    if (!result.ok) {
      setRefusal(result);
      return;
    }
    setOpen(false);
    toast({ tone: "good", title: `${name} has another role`, description: "It counts from their next click on." });
  };
  return (
    <Dialog
      brings={fields}
      open={open}
      onOpenChange={change}
      trigger={
        <Button size="sm" aria-label={`Change the role of ${name}`}>
          Change role
        </Button>
      }
      title={`Change the role of ${name}`}
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            Save role
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="grid gap-5">
        <FormErrorSummary message={refusal?.message ?? null} />
        <RoleFields {...choices} initial={initial} error={refusal?.fields.schools} />
      </form>
    </Dialog>
  );
}
