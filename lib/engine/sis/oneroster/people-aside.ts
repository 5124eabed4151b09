/** People of 1.2 as they were put aside, with their roles beside them: read back as people and as roles, each a collection. */
import type { KnownRoster } from "#lib/engine/sis/source.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { RawBatch } from "#lib/roster/raw.ts";
import type { OneRosterApi } from "./api.ts";
import type { RawFields } from "./records.ts";
import { PageSpool, readSpool } from "./spool.ts";
import type { PersonAside } from "./user-roles.ts";

export const usersPart = "/users";

export async function* peopleIn(path: string): AsyncGenerator<RawBatch> {
  for await (const batch of readSpool<PersonAside>(path, "users", usersPart, ({ fields }) => [fields])) yield { ...batch, ...howRead };
}

/** Their roles come apart from them, and over REST nobody needs a name to sign in. */
export const howRead = { rolesApart: true, mayBeBlank: ["username"] } as const;

/** Each at the place of its person. */
export function rolesIn(path: string): AsyncGenerator<RawBatch> {
  return readSpool<PersonAside>(path, "roles", usersPart, ({ roles }) => roles);
}

const askedAtATime = 2_000;

/**
 * Of changed people all roles are there; so a role that Aivo knows of one of them and that is not there is over. Writes those as deleted.
 * @returns the path, null where there are none
 */
export async function putRolesGone(people: string, path: string, known: Pick<KnownRoster, "rolesOf">): Promise<string | null> {
  const spool = await PageSpool.create(path);
  let count = 0;
  let pending = new Map<string, ReadonlySet<string>>();
  const settle = async () => {
    const before = pending.size === 0 ? new Map<string, readonly string[]>() : await known.rolesOf([...pending.keys()]);
    const gone = [...before].flatMap(([person, ids]) => ids.filter((id) => !pending.get(person)?.has(id)));
    pending = new Map();
    count += gone.length;
    await spool.write(
      1,
      gone.map((id) => JSON.stringify(goneRole(id))),
    );
  };
  try {
    for await (const { records } of readSpool<PersonAside>(people, "users", usersPart, asIds)) {
      for (const { fields } of records) {
        const { sourcedId, roleIds } = fields;
        const id = typeof sourcedId === "string" ? sourcedId.trim() : "";
        if (id !== "") pending.set(id, new Set([...(pending.get(id) ?? []), ...(Array.isArray(roleIds) ? roleIds : [])]));
        if (pending.size >= askedAtATime) await settle();
      }
    }
    await settle();
    await spool.end();
    return count === 0 ? null : path;
  } catch (error) {
    await spool.abandon();
    throw error;
  }
}

function asIds({ fields, roles }: PersonAside): readonly RawFields[] {
  return [{ sourcedId: fields.sourcedId, roleIds: roles.flatMap(({ sourcedId }) => (typeof sourcedId === "string" ? sourcedId : [])) }];
}

/** A role that is over. */
export const goneRole = (sourcedId: string): RawFields => ({ sourcedId, status: "tobedeleted" });

export function rolesMissing({ root, notThisVersion: remedy }: Pick<OneRosterApi, "root" | "notThisVersion">): RunFailure {
  const { host, pathname } = new URL(root);
  return new RunFailure({
    code: "roles-missing",
    step: "read /users",
    message: `${host}: GET ${pathname}/users answered with people of whom not one has a role: in OneRoster 1.2 their roles alone say who is a student or a teacher, and where. Nothing was changed.`,
    remedy: `Ask the SIS's vendor to send the list "roles" with each user. ${remedy}`,
  });
}
