/** The roles of a person of 1.2 over REST, as records of their own. */
import { isObject, type RawFields } from "./records.ts";
import { roleId } from "./role-id.ts";

/** A person as put aside: the raw fields, and their roles beside them. */
export interface PersonAside {
  readonly fields: RawFields;
  readonly roles: readonly RawFields[];
}

/**
 * Each role once: one that stands there twice under its identity is the widest of both, and primary if either is. A role without its word
 * is one too; what is no role at all is none. Never read: the profile that a role is used with.
 */
export function rolesOf(userSourcedId: string, record: unknown): readonly RawFields[] {
  const listed = isObject(record) && Array.isArray(record.roles) ? record.roles : [];
  const found = new Map<string, Role>();
  for (const one of listed as readonly unknown[]) {
    const role = asRole(userSourcedId, one);
    if (role !== null) found.set(role.sourcedId, widest(found.get(role.sourcedId), role));
  }
  return [...found.values()].map((role) => Object.fromEntries(Object.entries(role).filter(([, value]) => value !== "")));
}

interface Role {
  readonly sourcedId: string;
  readonly status: string;
  readonly userSourcedId: string;
  readonly roleType: string;
  readonly role: string;
  readonly beginDate: string;
  readonly endDate: string;
  readonly orgSourcedId: string;
}

function asRole(userSourcedId: string, value: unknown): Role | null {
  if (!isObject(value)) return null;
  const text = (found: unknown) => (typeof found === "string" ? found.trim() : typeof found === "number" ? String(found) : "");
  const org = isObject(value.org) ? value.org.sourcedId : (value.org ?? value.orgSourcedId);
  const role = { userSourcedId, orgSourcedId: text(org), role: text(value.role), beginDate: text(value.beginDate) };
  if (role.orgSourcedId === "" && role.role === "") return null;
  return { sourcedId: roleId(role), status: "active", ...role, roleType: text(value.roleType), endDate: text(value.endDate) };
}

function widest(one: Role | undefined, other: Role): Role {
  if (one === undefined) return other;
  // Open ends last longest; ISO dates sort as texts.
  const ends = [one.endDate, other.endDate].sort();
  const endDate = ends.includes("") ? "" : (ends.at(-1) ?? "");
  return {
    ...other,
    endDate,
    roleType: [one, other].find(({ roleType }) => roleType.toLowerCase() === "primary")?.roleType ?? other.roleType,
  };
}
