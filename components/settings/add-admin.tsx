"use client";
import { lazy } from "react";
import { Button } from "#components/ui/button.tsx";
import { DialogOpener } from "#components/ui/dialog-opener.tsx";
import { Icon } from "#components/ui/icon.tsx";
import type { Result } from "./result.ts";
import type { GivenRole, RoleChoices } from "./roles.ts";

export interface AdminInput extends GivenRole {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
}

export interface AddAdminProps {
  readonly add: (input: AdminInput) => Promise<Result>;
  /** Whether they are sent a link to choose a password; else they sign in with the district's own account. */
  readonly isInvited: boolean;
  readonly choices: RoleChoices;
}

const dialog = () => import("./add-admin-dialog.tsx");
const AddAdminDialog = lazy(() => dialog().then(({ AddAdminDialog }) => ({ default: AddAdminDialog })));

export function AddAdmin(props: AddAdminProps) {
  return (
    <DialogOpener
      trigger={
        <Button variant="primary" icon={<Icon name="user-plus" />}>
          Add admin
        </Button>
      }
      fetchIt={dialog}
    >
      {(opened) => <AddAdminDialog {...props} {...opened} />}
    </DialogOpener>
  );
}
