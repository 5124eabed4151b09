import type { Membership, Person, PersonRole, Role } from "#lib/roster/canonical.ts";
import { type Folded, familyOf, foldRoles } from "#lib/roster/fold-roles.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import type { ModelSync } from "./sync.ts";
import type { ModelSaid } from "./types.ts";

/** Test-only: where roles are told apart from people, the day and the rules by which they are folded. */
export interface ModelApart {
  readonly today: string;
  readonly rules: ReadingRules;
}

/** The role that goes on as it was since it cannot be read now. */
export function roleBefore(
  { before, integration }: Pick<ModelSync, "before" | "integration">,
  externalId: string,
): Record<string, unknown> | null {
  const said = before.mirror.find((one) => one.integration === integration && one.collection === "roles" && one.externalId === externalId);
  return said?.record ?? null;
}

/** Undefined: the SIS has no such org. */
function isSchoolIn(sync: Pick<ModelSync, "reads" | "linkOf">, id: string): boolean | undefined {
  const { orgs } = sync.reads;
  if (orgs.incoming.has(id)) return true;
  const aside = orgs.setAside.get(id);
  if (aside === "left-out") return sync.linkOf("school", id)?.rostered === true;
  return aside === "not-rostered" ? false : undefined;
}

/** Whether a role counts: as something that Aivo rosters, for a person and at an org that the SIS has. */
export function fateOfRole(sync: ModelSync, record: Record<string, unknown>): ModelSaid["fate"] {
  const { word, personExternalId: person, orgExternalId: org } = record as unknown as Role;
  const { users } = sync.reads;
  const family = sync.rules && familyOf(word, sync.rules);
  if (family === null || family === undefined || family === "family") return "not-rostered";
  const isSomebody = users.incoming.has(person) || ["left-out", "not-rostered"].includes(users.setAside.get(person) ?? "");
  return isSomebody && isSchoolIn(sync, org) !== undefined ? "rostered" : "waiting";
}

/** What the roles of each person come to, of all that is known after the read. */
export function foldPeople(sync: ModelSync, { today, rules }: ModelApart): Map<string, Folded> {
  const { classes, roles, enrollments, users } = sync.reads;
  const isSchool = (id: string) => isSchoolIn(sync, id);
  const leftOut = [...roles.setAside].flatMap(([id, fate]) => (fate === "left-out" ? [id] : []));
  const unreadable = leftOut.map((id) => roleBefore(sync, id)).filter((role) => role !== null);
  const told = [...roles.incoming.values(), ...unreadable] as unknown as Role[];
  const seats = [...enrollments.incoming.values()] as unknown as Membership[];
  const folded = new Map<string, Folded>();
  for (const [externalId, record] of users.incoming) {
    const { apart } = record as unknown as Person;
    if (!apart) continue;
    const link = sync.linkOf("account", externalId);
    const kind = sync.find(link?.recordId)?.values.role;
    const isOf = ({ beginDate, endDate }: Membership) => (beginDate ?? today) <= today && today <= (endDate ?? today);
    folded.set(
      externalId,
      foldRoles(
        {
          roles: told.flatMap((role) => {
            const at = isSchool(role.orgExternalId);
            return role.personExternalId !== externalId || at === undefined ? [] : [{ ...role, org: role.orgExternalId, isSchool: at }];
          }),
          enrollments: seats
            .filter((seat) => seat.personExternalId === externalId && isOf(seat))
            .map((seat) => {
              const school = String(classes.incoming.get(seat.classExternalId)?.schoolExternalId ?? "");
              return { teaches: seat.role !== "learner", school: isSchool(school) ? school : null };
            }),
          linked: kind === "teacher" || kind === "learner" ? (kind as PersonRole) : null,
          isRostered: link?.rostered === true,
          home: apart.primaryOrgExternalId,
        },
        today,
        rules,
      ),
    );
  }
  return folded;
}

/** The people as planning sees them; of whom nothing came there is nobody to plan. Who keeps their schools is where they were before. */
export function peopleAsFolded(
  { reads, before, integration }: Pick<ModelSync, "reads" | "before" | "integration">,
  folded: ReadonlyMap<string, Folded>,
): Map<string, Record<string, unknown>> {
  const saidBefore = before.mirror.filter((said) => said.integration === integration && said.collection === "users");
  return new Map(
    [...reads.users.incoming].flatMap(([externalId, record]): [string, Record<string, unknown>][] => {
      const is = folded.get(externalId);
      if (is === undefined) return [[externalId, record]];
      if (is.is !== "placed") return [];
      const { apart: _, ...person } = record;
      const own = is.kind === "learner" ? {} : { grade: null, studentNumber: null };
      const schools = is.schools ?? saidBefore.find((said) => said.externalId === externalId)?.folded?.schoolExternalIds ?? [];
      return [[externalId, { ...person, ...own, role: is.kind, schoolExternalIds: schools, keepsSchools: is.schools === null }]];
    }),
  );
}
