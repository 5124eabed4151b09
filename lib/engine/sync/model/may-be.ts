import type { LinkEntity } from "#lib/roster/canonical.ts";
import type { ModelSync } from "./sync.ts";
import type { ModelLink } from "./types.ts";

/** Test-only: whether the record of a link may be a row without an id. */
export function mayBe(sync: ModelSync, clues: ReadonlySet<string>, { entity, recordId }: ModelLink): boolean {
  const idsOf = (of: LinkEntity, id: unknown) => sync.own(of).flatMap((link) => (link.recordId === id ? link.externalId : []));
  const values = sync.find(recordId)?.values ?? {};
  const { number, name, code, email, studentNumber, givenName, familyName, role } = values;
  const schools = (entity === "account" ? (values.schools as string[]) : [values.school]).flatMap((id) => idsOf("school", id));
  const anywhere = { school: number, term: null, course: code, classroom: code, account: studentNumber, membership: null }[entity];
  const placed =
    entity === "account"
      ? [`name ${givenName} ${familyName}`, `given ${givenName}`, `family ${familyName}`, `${role}`, "anybody"]
      : [`name ${name}`, "anybody"];
  const pairs = idsOf("classroom", values.classroom).flatMap((classId) =>
    idsOf("account", values.account).flatMap((personId) => [
      `class ${classId} person ${personId}`,
      `class ${classId}`,
      `person ${personId}`,
    ]),
  );
  const all =
    entity === "membership"
      ? [...pairs, "anybody"].map((clue) => `${clue}@`)
      : [`number ${anywhere}@`, `email ${email}@`, ...placed.flatMap((clue) => ["", ...schools].map((place) => `${clue}@${place}`))];
  return all.some((clue) => clues.has(clue.toLowerCase()));
}
