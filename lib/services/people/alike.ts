import type { Tx } from "#lib/platform/db/tx.ts";
import { beginsWithAll } from "#lib/platform/format/beginnings.ts";
import { beginningsAlike, isName, mostNames, type NearName, namesAlike, plainName, put } from "./names-alike.ts";
import { allOf, type Fragment, wordsOf } from "./search.ts";
import { collation, isCalled, isCompound } from "./words.ts";

/** Where people are looked for. */
export interface Among {
  readonly alias: "a" | "m";
  /** `accounts a where …` or `source_records m where …`: what an index over names has. */
  readonly from: Fragment;
  /** Whom of them a list shows. */
  readonly shown: Fragment;
  /** As lib/services/why names people. */
  readonly ref: Fragment;
}

/** Those in Aivo: teachers and learners. */
export function accountsAmong(tx: Tx, shown: Fragment): Among {
  return { alias: "a", from: tx.sql`accounts a where a.district_id = ${tx.districtId}`, shown, ref: tx.sql`a.id::text` };
}

/** Those of whom a SIS told, and who are not simply in the roster. */
export function rowsAmong(tx: Tx, shown: Fragment): Among {
  const from = tx.sql`source_records m where m.district_id = ${tx.districtId} and m.collection = 'users' and m.fate <> 'rostered'`;
  return { alias: "m", from, shown, ref: tx.sql`m.integration_id || ':' || m.external_id` };
}

/** Somebody who is nearly called so. */
export interface AlikePerson {
  readonly ref: string;
  /** The text, with the words for which it has somebody's names. */
  readonly text: string;
  readonly slips: number;
}

const mostNear = 1_000;
const mostRead = 100;
/** Of so many words two are tried as one. */
const mostJoined = 3;
/** Whoever is so many slips farther than the nearest is not meant. */
const muchFarther = 1;

/**
 * Whoever is called by each word of a text or nearly so, the nearest first: for a text by which nobody is found.
 *
 * There is no index for it and no extension, which not every server gives: how a name that is nearly a word begins is one of some hundred
 * beginnings, which the indexes of names serve (words.ts); what begins so is compared here. A word that was parted is tried as one, too.
 */
export async function peopleAlike(tx: Tx, text: string, among: Among): Promise<readonly AlikePerson[]> {
  for (const words of readingsOf(wordsOf(text))) {
    const people = await called(tx, words, among);
    if (people.length > 0) return people.map(({ ref, slips, meant }) => ({ ref, slips, text: put(text, words, meant) }));
  }
  return [];
}

/** Those found in several places in one order, without whoever is much farther than the nearest. */
export function nearestOf(...found: readonly (readonly AlikePerson[])[]): readonly AlikePerson[] {
  const all = found.flat().sort((one, other) => one.slips - other.slips);
  return all.filter(({ slips }) => slips <= (all[0]?.slips ?? 0) + muchFarther);
}

/** "mc donald" as it stands, and as "mcdonald"; of many words there would be too many readings. */
function readingsOf(words: readonly string[]): readonly (readonly string[])[] {
  return words.length > mostJoined
    ? [words]
    : [words, ...words.slice(1).map((word, at) => [...words.slice(0, at), `${words[at]}${word}`, ...words.slice(at + 2)])];
}

interface Called {
  readonly ref: string;
  readonly meant: readonly string[];
  readonly slips: number;
}

async function called(tx: Tx, words: readonly string[], among: Among): Promise<readonly Called[]> {
  const sought = words.filter(isName);
  if (sought.length === 0) return [];
  const names = await namesOf(tx, sought, among);
  const near = new Map(sought.map((word) => [word, namesAlike(word, names).slice(0, mostNear)]));
  const leads = sought.filter((word) => (near.get(word) ?? []).length > 0);
  if (leads.length === 0) return [];
  const column = (name: string) => tx.sql.unsafe(`${among.alias}.${name}_name ${collation}`);
  const isNear = (word: string, name: "family" | "given") =>
    tx.sql`${column(name)} = any(${(near.get(word) ?? []).map((one) => one.name)}::text[])`;
  const isSo = (word: string) => tx.sql`(${isCalled(tx, among.alias, [word])} or ${isNear(word, "family")} or ${isNear(word, "given")})`;
  const arms = leads.flatMap((word) => {
    const others = words.filter((other) => other !== word);
    return (["family", "given"] as const).map(
      (name) => tx.sql`(
        select ${among.ref} as ref, ${tx.sql.unsafe(`${among.alias}.family_name as family, ${among.alias}.given_name as given`)}
        from ${among.from} and ${isNear(word, name)} and ${among.shown} and ${allOf(tx, [tx.sql`true`, ...others.map(isSo)])}
        order by array_position(${(near.get(word) ?? []).map((one) => one.name)}::text[], ${tx.sql.unsafe(`${among.alias}.${name}_name`)})
        limit ${mostRead})`,
    );
  });
  const rows = await tx.sql<{ ref: string; family: string | null; given: string | null }[]>`
    ${arms.reduce((all, arm) => tx.sql`${all} union ${arm}`)}`;
  const nameOf = (row: (typeof rows)[number]) => `${row.family ?? ""} ${row.given ?? ""}`;
  return rows
    .map((row) => ({ row, ...meantBy(words, [row.family ?? "", row.given ?? ""], near) }))
    .sort((one, other) => one.slips - other.slips || (nameOf(one.row) < nameOf(other.row) ? -1 : 1))
    .map(({ row, ...called }) => ({ ref: row.ref, ...called }));
}

/** What of somebody's names each word is meant to be. */
function meantBy(words: readonly string[], names: readonly string[], near: ReadonlyMap<string, readonly NearName[]>): Omit<Called, "ref"> {
  const each = words.map((word) => {
    const nearest = (near.get(word) ?? []).find(({ name }) => names.includes(name));
    const isExact = names.some((name) => beginsWithAll(name, [word]));
    return isExact || nearest === undefined ? { part: word, slips: 0 } : nearest;
  });
  return { meant: each.map(({ part }) => part), slips: each.reduce((sum, { slips }) => sum + slips, 0) };
}

/** The names that begin as names do which are nearly one of the words, and those of several parts. */
async function namesOf(tx: Tx, words: readonly string[], { alias, from }: Among): Promise<readonly string[]> {
  const starts = [...new Set(words.flatMap(beginningsAlike))];
  // "O'Brien" by "obrien": signs come before letters.
  const firsts = [...new Set(words.map((word) => plainName(word).charAt(0)))];
  const ranges = [
    ...starts.map((start) => ({ from: start, to: `${start}\uffff` })),
    ...firsts.map((first) => ({ from: `${first} `, to: `${first}a` })),
  ];
  const sql = (text: string) => tx.sql.unsafe(text);
  const beginning = (name: string) => tx.sql`
    select n.name from unnest(${ranges.map((range) => range.from)}::text[], ${ranges.map((range) => range.to)}::text[]) r (low, high)
    cross join lateral (
      select ${sql(`${alias}.${name} as name`)} from ${from}
        and ${sql(`${alias}.${name} >= r.low ${collation} and ${alias}.${name} < r.high ${collation} and ${alias}.${name} is not null`)}
      limit ${mostNames}) n`;
  // Their index is of accounts alone; of others there are few.
  const compound = tx.sql`
    select distinct unnest(array[n.family_name, n.given_name]) as name from (
      select ${sql(`${alias}.family_name, ${alias}.given_name`)} from ${from} and ${sql(isCompound.replaceAll("a.", `${alias}.`))}
      limit ${mostNames}) n`;
  const rows = await tx.sql<{ name: string }[]>`
    ${beginning("family_name")} union ${beginning("given_name")} union select name from (${compound}) c where name ~ '[^[:alpha:]]'`;
  return rows.map(({ name }) => name);
}
