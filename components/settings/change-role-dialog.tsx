"use client";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ChangeRoleProps } from "./change-role.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { RoleFields } from "./role-fields.tsx";
import { roleOf } from "./roles.ts";

/** The form that gives an admin another role. */
export function ChangeRoleDialog({ id, name, initial, choices, give, ...opened }: ChangeRoleProps & Opened) {
  return (
    <FormDialog
      {...opened}
      title={`Change the role of ${name}`}
      submitLabel="Save role"
      send={(form) => give(id, roleOf(form))}
      onSent={() => toast({ tone: "good", title: `${name} has another role`, description: "It counts from their next click on." })}
    >
      {(errors) => <RoleFields {...choices} initial={initial} error={errors.schools} />}
    </FormDialog>
  );
}
