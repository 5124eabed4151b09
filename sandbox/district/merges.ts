import { type District, personKinds } from "./district.ts";
import type { Habits } from "./habits.ts";

/** People who have a record for each role in 1.1 and one record in 1.2. Rows are only added, so what is merged stays so. */
interface Merges {
  /** The row whose record it is in 1.2, of each row that has none of its own. */
  readonly hosts: ReadonlyMap<number, number>;
  readonly guests: ReadonlyMap<number, readonly number[]>;
}

/** The row of the people's table under which a person is known in 1.2. */
export function hostOf(district: District, habits: Habits, row: number): number {
  return mergesOf(district, habits).hosts.get(row) ?? row;
}

/** All rows that are one person in 1.2, their own first; none for a row that is part of another. */
export function rowsOfPerson(district: District, habits: Habits, row: number): readonly number[] {
  const { hosts, guests } = mergesOf(district, habits);
  return hosts.has(row) ? [] : [row, ...(guests.get(row) ?? [])];
}

const known = new WeakMap<Habits, { readonly size: number; readonly district: District; readonly merges: Merges }>();
const nobody: Merges = { hosts: new Map(), guests: new Map() };

function mergesOf(district: District, habits: Habits): Merges {
  if (!habits.mergesPeople && !habits.learnersWhoTeach) return nobody;
  const found = known.get(habits);
  if (found?.district === district && found.size === district.people.size) return found.merges;
  const hosts = new Map([...(habits.mergesPeople ? staffAndParents(district) : []), ...studentTeachers(district, habits)]);
  const guests = new Map<number, number[]>();
  for (const [guest, host] of hosts) guests.set(host, [...(guests.get(host) ?? []), guest]);
  const merges = { hosts, guests };
  known.set(habits, { size: district.people.size, district, merges });
  return merges;
}

/** Each school's principal is its first teacher; every fourth parent is a teacher who was there before. */
function* staffAndParents({ people }: District): Generator<[guest: number, host: number]> {
  const principals = new Map<number, number>();
  const teachers: number[] = [];
  let [parents, taken] = [0, 0];
  for (let row = 0; row < people.size; row++) {
    const kind = people.get("kind", row);
    const school = people.get("school", row);
    if (kind === personKinds.administrator && school > 0) principals.set(school, row);
    else if (kind === personKinds.teacher) {
      const principal = principals.get(school);
      principals.delete(school);
      if (principal !== undefined) yield [principal, row];
      else teachers.push(row);
    } else if (kind === personKinds.parent && parents++ % 4 === 0) {
      const teacher = teachers[taken++];
      if (teacher !== undefined) yield [row, teacher];
    }
  }
}

/** From the last of the teachers that were there on the first day, each with a learner of the first day. */
function* studentTeachers({ people }: District, { learnersWhoTeach: wanted = 0 }: Habits): Generator<[guest: number, host: number]> {
  let firstLearner = 0;
  while (firstLearner < people.size && people.get("kind", firstLearner) !== personKinds.learner) firstLearner++;
  let learner = firstLearner;
  for (let made = 0; made < wanted; made++) {
    while (learner < people.size && people.get("kind", learner) !== personKinds.learner) learner++;
    yield [firstLearner - 1 - made, learner];
    learner += 7;
  }
}
