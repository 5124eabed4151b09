"use client";
import { lazy } from "react";
import { Button } from "#components/ui/button.tsx";
import { DialogOpener } from "#components/ui/dialog-opener.tsx";
import type { Result } from "./result.ts";
import type { GivenRole, RoleChoices } from "./roles.ts";

export interface ChangeRoleProps {
  readonly id: string;
  readonly name: string;
  readonly initial: GivenRole;
  readonly choices: RoleChoices;
  readonly give: (id: string, role: GivenRole) => Promise<Result>;
}

const dialog = () => import("./change-role-dialog.tsx");
const ChangeRoleDialog = lazy(() => dialog().then(({ ChangeRoleDialog }) => ({ default: ChangeRoleDialog })));

export function ChangeRole(props: ChangeRoleProps) {
  return (
    <DialogOpener
      trigger={
        <Button size="sm" aria-label={`Change the role of ${props.name}`}>
          Change role
        </Button>
      }
      fetchIt={dialog}
    >
      {(opened) => <ChangeRoleDialog {...props} {...opened} />}
    </DialogOpener>
  );
}
