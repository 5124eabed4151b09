import { Field, Input } from "#components/ui/field.tsx";
import { RoleFields } from "./role-fields.tsx";
import type { RoleChoices } from "./roles.ts";

export interface AdminFieldsProps {
  readonly choices: RoleChoices;
  /** Messages by field, of what was refused. */
  readonly errors: Readonly<Record<string, string>>;
}

export function AdminFields({ choices, errors }: AdminFieldsProps) {
  return (
    <>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="First name" required error={errors.givenName}>
          {(control) => <Input {...control} name="givenName" autoComplete="off" maxLength={100} />}
        </Field>
        <Field label="Last name" required error={errors.familyName}>
          {(control) => <Input {...control} name="familyName" autoComplete="off" maxLength={100} />}
        </Field>
      </div>
      <Field
        label="Email"
        required
        error={errors.email}
        hint="They sign in with it. It must not belong to another account of the district."
      >
        {(control) => <Input {...control} name="email" type="email" autoComplete="off" maxLength={320} />}
      </Field>
      <RoleFields {...choices} initial={{ role: "admin", schools: [] }} error={errors.schools} />
    </>
  );
}
