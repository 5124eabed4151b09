export interface RoleChoice {
  readonly value: string;
  readonly label: string;
  readonly says: string;
  /** Whether schools are chosen with it. */
  readonly isOfSchools: boolean;
}

export interface RoleChoices {
  readonly roles: readonly RoleChoice[];
  readonly schools: readonly { readonly id: string; readonly name: string }[];
}

export interface GivenRole {
  readonly role: string;
  readonly schools: readonly string[];
}

/** What the fields of a form say. */
export function roleOf(form: FormData): GivenRole {
  return { role: String(form.get("role")), schools: form.getAll("schools").map(String) };
}
