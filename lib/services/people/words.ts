import type { Tx } from "#lib/platform/db/tx.ts";
import { allOf, type Fragment, likePattern, namedById, wordsOf } from "./search.ts";

/**
 * People by the beginnings of words: of a first, middle or last name (also of its second part), an address, a user name, a student number; by an
 * id whole. Any word in any place, "Baker, Cla" and "cla baker" alike; accents and case count for nothing.
 *
 * Names are compared in the order of the root collation, in which "Mc" to "Mc\uFFFF" is all that begins so, however it is written. Row-level
 * security lets no index serve `like` or `lower()`, which might tell of rows that are another district's; it does serve comparisons.
 */
export const collation = `collate "und-x-icu"`;

/** Of accounts `a`: who has each of the words, of which there is at least one, or goes by the text as an id. */
export function hasWords(tx: Tx, text: string): Fragment {
  return tx.sql`((${isCalled(tx, "a", wordsOf(text))}) or ${namedById(tx, "a.id", "account", text)})`;
}

/** Who is called by each of the words: of accounts `a`, or of rows of the SISs `m`, which may lack any of it. */
export function isCalled(tx: Tx, alias: "a" | "m", words: readonly string[]): Fragment {
  return allOf(tx, [tx.sql`true`, ...words.map((word) => tx.sql`(${hasWord(tx, alias, word)})`)]);
}

function hasWord(tx: Tx, alias: "a" | "m", word: string): Fragment {
  const column = (name: string) => `${alias}.${name}`;
  const first = likePattern(word).slice(1);
  const names = tx.sql.unsafe(
    `lower(coalesce(${column("family_name")}, '') || ' ' || coalesce(${column("given_name")}, '') || ' ' || coalesce(${column("middle_name")}, ''))`,
  );
  // The pattern decides; that a name has the word at all is told far sooner.
  const inside = `[^[:alnum:]]${word.replace(/[^\p{L}\p{N}]/gu, "\\$&")}`;
  return tx.sql`
    ${begins(tx, column("family_name"), word)} or ${begins(tx, column("given_name"), word)} or ${begins(tx, column("middle_name"), word)}
    or (${names} like ${likePattern(word)} and ${names} ~ ${inside})
    or ${tx.sql.unsafe(column("email"))} like ${first} or lower(${tx.sql.unsafe(column("username"))}) like ${first}
    or lower(${tx.sql.unsafe(column("student_number"))}) like ${first}`;
}

/** A column of names that begins with a word, by its index; `column` is ours. */
export function begins(tx: Tx, column: string, word: string): Fragment {
  const [from, to] = [withoutAccents(word), `${word}\uffff`];
  return tx.sql`(${tx.sql.unsafe(column)} >= ${from} ${tx.sql.unsafe(collation)} and ${tx.sql.unsafe(column)} < ${to} ${tx.sql.unsafe(collation)})`;
}

/** "siobhan" finds Siobhán: what has an accent comes after what has none. */
const withoutAccents = (word: string) => word.normalize("NFD").replace(/\p{Mn}/gu, "");

/** More than any address or number goes on with, in whatever collation the database has. */
const beyond = "zzzzzzzzzz";

/** The same of addresses and numbers, which are compared as the database does. */
export function beginsPlain(tx: Tx, column: string, word: string): Fragment {
  return tx.sql`(${tx.sql.unsafe(column)} >= ${word} and ${tx.sql.unsafe(column)} < ${word + beyond})`;
}

/** Of accounts `a`: whose names have several parts, any of which may be looked for. */
export const isCompound = "a.family_name || a.given_name ~ '[^[:alpha:]]'";

/** Words of so many letters lead to few enough people; shorter ones only where there is no other. */
const tellingLength = 3;

/**
 * The ids of whoever has all the words, each part found by an index: whose names begin with one of them (accounts_family_name,
 * accounts_given_name), the few whose names have several parts (accounts_compound), by an address, by a number. Whom only a middle name or a
 * user name tells are not among them. Of a single word nobody else is; of several each is to be asked with `hasWords`: `areSure`.
 */
export function candidates(tx: Tx, text: string): Fragment {
  const words = wordsOf(text);
  const [longest = ""] = [...words].sort((one, other) => other.length - one.length);
  const telling = words.filter((word) => word.length >= tellingLength);
  const own = tx.sql`a.district_id = ${tx.districtId}`;
  // Ranges are in the database's order, in which signs may count for nothing; the pattern decides.
  const range = (column: string, word: string) => tx.sql`
    union select a.id from accounts a
    where ${own} and ${beginsPlain(tx, column, word)} and lower(${tx.sql.unsafe(column)}) like ${likePattern(word).slice(1)}`;
  const arms = (telling.length > 0 ? telling : [longest]).map(
    (word) => tx.sql`
      union select a.id from accounts a where ${own} and ${begins(tx, "a.family_name", word)}
      union select a.id from accounts a where ${own} and ${begins(tx, "a.given_name", word)}
      ${/^[a-z0-9._@+-]+$/.test(word) ? range("a.email", word) : tx.sql``}
      ${/\d/.test(word) ? range("a.student_number", word) : tx.sql``}`,
  );
  return tx.sql`
    select a.id from accounts a
    where ${own} and ${tx.sql.unsafe(isCompound)} ${areSure(text) ? tx.sql`and ${isCalled(tx, "a", words)}` : tx.sql``}
    union select a.id from accounts a where ${own} and ${namedById(tx, "a.id", "account", text)}
    ${arms.reduce((all, one) => tx.sql`${all} ${one}`)}`;
}

/** Whether `candidates` are just those who have the words. */
export const areSure = (text: string) => wordsOf(text).length === 1;

/** Wherever the words stand in a name, address or number: a pass over the people of the district. */
export function hasWordsAnywhere(tx: Tx, text: string): Fragment {
  // Joined by operators: concat_ws takes half as long again.
  const all = tx.sql`lower(a.given_name || ' ' || coalesce(a.middle_name || ' ', '') || a.family_name || ' ' || coalesce(a.email, '') || ' ' || coalesce(a.username, '') || ' ' || coalesce(a.student_number, ''))`;
  return allOf(
    tx,
    wordsOf(text).map((word) => tx.sql`${all} like ${likePattern(word)}`),
  );
}
