/**
 * Who may do what: the one table. Services ask for a capability and never for a role (access.ts); which door asks for which is in
 * app/doors.ts; docs/roles.md is made of both. Roles are Aivo's own: no SIS gives one.
 */
export const capabilities = {
  "read-roster": "see schools, classes and people, and why somebody is or is not in Aivo",
  export: "download lists, reports and one person’s data",
  "read-syncs": "see integrations, syncs, their changes and issues, conflicts, and what waits",
  "run-syncs": "start and cancel syncs and previews",
  decide: "decide what waits: held syncs, withheld records, conflicts; acknowledge issues; undo a sync",
  "change-integrations": "connect, change, pause and disconnect integrations; their schedule, scope and order",
  "edit-people": "edit people and classes, deactivate, bar and bring back",
  "erase-people": "hold or erase a person’s data, let an erased id in again",
  "read-audit-log": "read and verify the audit log",
  "read-settings": "see the district’s settings, team, retention and webhooks",
  "change-settings": "change the district’s settings, retention and webhooks",
  "manage-admins": "invite admins, give them roles, deactivate them",
  "be-told": "be told by email of what happens to syncs",
  operate: "run Aivo itself: make, suspend and delete districts, give somebody a password",
} as const;
export type Capability = keyof typeof capabilities;

/** Whom a role is about: everybody and everything of a district, some schools of it, or oneself. */
export type Reach = "district" | "schools" | "own";

interface RoleDefinition {
  readonly label: string;
  readonly says: string;
  readonly reach: Reach;
  readonly may: readonly Capability[];
}

const reads = ["read-roster", "export", "read-syncs"] as const;
const worksOnSyncs = ["run-syncs", "decide", "change-integrations", "be-told"] as const;

export const roles = {
  admin: {
    label: "District admin",
    says: "Everything of the district.",
    reach: "district",
    may: [...reads, ...worksOnSyncs, "edit-people", "erase-people", "read-audit-log", "read-settings", "change-settings", "manage-admins"],
  },
  "integration-admin": {
    label: "Integration admin",
    says: "Integrations, syncs, issues, conflicts and what waits; not the team, settings, retention or erasing.",
    reach: "district",
    may: [...reads, ...worksOnSyncs],
  },
  auditor: {
    label: "Auditor",
    says: "Reads and exports everything, changes nothing.",
    reach: "district",
    may: [...reads, "read-audit-log", "read-settings"],
  },
  "school-admin": {
    label: "School admin",
    says: "People, classes and issues of the own schools, and nothing else.",
    reach: "schools",
    may: ["read-roster", "export"],
  },
  teacher: { label: "Teacher", says: "The own classes.", reach: "own", may: [] },
  learner: { label: "Learner", says: "The own classes.", reach: "own", may: [] },
} as const satisfies Readonly<Record<string, RoleDefinition>>;
export type Role = keyof typeof roles;

/** The roles that an admin or the operator gives. The others come with being a teacher or a learner. */
export const adminRoles = ["admin", "integration-admin", "auditor", "school-admin"] as const satisfies readonly Role[];
export type AdminRole = (typeof adminRoles)[number];

export function definitionOf(role: Role): RoleDefinition {
  return roles[role];
}

export function isAdminRole(role: Role): role is AdminRole {
  return (adminRoles as readonly Role[]).includes(role);
}

/** Of an account as it is stored: an admin without a role of their own is a district admin. */
export function roleOf({ role, adminRole }: { readonly role: "admin" | "teacher" | "learner"; readonly adminRole: Role | null }): Role {
  return role === "admin" ? (adminRole ?? "admin") : role;
}
