"use client";
import { type FormEvent, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { DialogBox } from "#components/ui/dialog-box.tsx";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ChangeRoleProps } from "./change-role.tsx";
import { unreachable } from "./result.ts";
import { RoleFields } from "./role-fields.tsx";
import { roleOf } from "./roles.ts";

/** The form that gives an admin another role. */
export function ChangeRoleDialog({ id, name, initial, choices, give, onClose, pressed }: ChangeRoleProps & Opened) {
  const formId = useId();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<{ readonly message: string; readonly fields: Readonly<Record<string, string>> } | null>(null);
  const close = () => (pending ? undefined : onClose());
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setRefusal(null);
    const result = await give(id, roleOf(new FormData(event.currentTarget))).catch(() => unreachable);
    setPending(false);
    if (!result.ok) {
      setRefusal(result);
      return;
    }
    onClose();
    toast({ tone: "good", title: `${name} has another role`, description: "It counts from their next click on." });
  };
  return (
    <DialogBox
      onOpenChange={close}
      pressed={pressed}
      title={`Change the role of ${name}`}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
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
    </DialogBox>
  );
}
