"use client";
import { confirmed } from "#components/confirm/confirmed.ts";
import type { Opened } from "#components/ui/dialog-opener.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { AddAdminProps } from "./add-admin.tsx";
import { AdminFields } from "./admin-fields.tsx";
import { FormDialog } from "./form-dialog.tsx";
import { roleOf } from "./roles.ts";

/** The form for a new admin. */
export function AddAdminDialog({ add, isInvited, choices, ...opened }: AddAdminProps & Opened) {
  const send = async (form: FormData) => {
    const input = {
      givenName: String(form.get("givenName")),
      familyName: String(form.get("familyName")),
      email: String(form.get("email")),
      ...roleOf(form),
    };
    const result = await confirmed(add)(input);
    return result.ok ? { ...result, data: `${input.givenName} ${input.familyName}`.trim() || input.email } : result;
  };
  return (
    <FormDialog
      {...opened}
      title="Add admin"
      description={
        isInvited
          ? "They are sent an email with a link to choose a password, which works for 7 days."
          : "They sign in with the district’s own account that has their email address."
      }
      submitLabel="Add admin"
      send={send}
      onSent={(who) =>
        toast(
          isInvited
            ? { tone: "good", title: `${who} is invited`, description: "A link to choose a password is on its way." }
            : { tone: "good", title: `${who} is added`, description: "They can sign in with the district’s own account." },
        )
      }
    >
      {(errors) => <AdminFields choices={choices} errors={errors} />}
    </FormDialog>
  );
}
