import { adminRoles, type Capability, definitionOf } from "#lib/platform/roles.ts";

/** As SQL, of accounts under an alias (blank: as they are): those of admins whose role includes it. */
export function isAdminWhoMay(capability: Capability, alias: "" | "a." = ""): string {
  const able = adminRoles.filter((role) => definitionOf(role).may.includes(capability));
  return `(${alias}role = 'admin' and coalesce(${alias}admin_role, 'admin') in (${able.map((role) => `'${role}'`).join(", ")}))`;
}
