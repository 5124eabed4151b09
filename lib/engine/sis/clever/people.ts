/** What the lists of users and of sections say about each other. */
import { readId } from "#lib/roster/id.ts";
import type { Issue } from "#lib/roster/issues.ts";
import type { RawRecord } from "#lib/roster/raw.ts";
import { ObjectIdSet } from "./object-id-set.ts";
import { maxRemembered } from "./quirks.ts";
import { idOf, type Members, type RawFields } from "./to-raw.ts";

export interface Both {
  readonly teacher: RawFields;
  readonly student: RawFields;
  readonly page: number;
}

/** Who was met in which list. The lists are read side by side; what one says about the other is asked when both have ended. */
export class People {
  #members = new ObjectIdSet();
  #rostered = new ObjectIdSet();
  teachers = new ObjectIdSet();
  both: Both[] = [];

  forgetMembers(): void {
    this.#members = new ObjectIdSet();
    this.teachers = new ObjectIdSet();
  }

  forgetUsers(): void {
    this.#rostered = new ObjectIdSet();
    this.both = [];
  }

  addMembers({ teachers, students }: Members): void {
    for (const id of students) this.#members.add(id);
    for (const id of teachers) {
      this.#members.add(id);
      this.teachers.add(id);
    }
  }

  addRostered(id: string): void {
    this.#rostered.add(id);
  }

  addBoth(both: Both): void {
    this.both.push(both);
  }

  dangling(): readonly string[] | null {
    const found: string[] = [];
    for (const id of this.#members.values()) {
      if (this.#rostered.has(id)) continue;
      // What cannot be anybody's id will not come, and might not even be stored.
      const usable = readId(id);
      if (!usable) continue;
      if (found.length === maxRemembered) return null;
      found.push(usable);
    }
    return found;
  }
}

/** Somebody who is both is what they are in the sections: a teacher if they teach any. Said in either case. */
export function settle({ teacher, student, page }: Both, teachers: ObjectIdSet): RawRecord {
  const id = idOf(teacher) ?? null;
  const teaches = id !== null && teachers.has(id);
  const place = { part: "/users", position: page };
  const issue: Issue = {
    code: "role-several",
    collection: "users",
    externalId: id === null ? null : readId(id),
    place,
    field: "roles",
    value: "student, teacher",
    kept: teaches ? "taken as a teacher, since they teach a section" : "taken as a student, since they teach no section",
  };
  return { place, fields: teaches ? teacher : student, issues: [issue] };
}
