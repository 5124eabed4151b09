"use client";
import { useState } from "react";
import { Checkbox, RadioGroup } from "#components/ui/choices.tsx";
import { FieldError } from "#components/ui/field.tsx";
import type { GivenRole, RoleChoices } from "./roles.ts";

export interface RoleFieldsProps extends RoleChoices {
  readonly initial: GivenRole;
  readonly error?: string | undefined;
}

/** Which role, and for a school admin which schools; read from the form by `roleOf` of roles.ts. */
export function RoleFields({ roles, schools, initial, error }: RoleFieldsProps) {
  const [role, setRole] = useState(initial.role);
  const chosen = roles.find(({ value }) => value === role);
  return (
    <div className="grid gap-5">
      <RadioGroup
        legend="Role"
        name="role"
        options={roles.map(({ value, label, says }) => ({ value, label, hint: says }))}
        value={role}
        onChange={setRole}
      />
      {chosen?.isOfSchools ? (
        <fieldset className="grid gap-2">
          <legend className="mb-2 text-sm font-strong">Schools</legend>
          <div className="grid max-h-56 gap-2 overflow-y-auto">
            {schools.map(({ id, name }) => (
              <Checkbox key={id} name="schools" value={id} label={name} defaultChecked={initial.schools.includes(id)} />
            ))}
          </div>
          {schools.length === 0 ? <p className="text-small text-muted">No sync has brought a school yet.</p> : null}
        </fieldset>
      ) : null}
      {error === undefined ? null : <FieldError>{error}</FieldError>}
    </div>
  );
}
