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

/** Of accounts `a`: who has each of the words, of which there is at least one. */
export function hasWords(tx: Tx, text: string): Fragment {
  const each = allOf(
    tx,
    wordsOf(text).map((word) => tx.sql`(${hasWord(tx, word)})`),
  );
  return tx.sql`((${each}) or ${namedById(tx, "a.id", "account", text)})`;
}

function hasWord(tx: Tx, word: string): Fragment {
  const inside = likePattern(word).slice(1);
  return tx.sql`
    ${begins(tx, "a.family_name", word)} or ${begins(tx, "a.given_name", word)} or ${begins(tx, "a.middle_name", word)}
    or lower(a.family_name || ' ' || a.given_name) like any (array[${`% ${inside}`}, ${`%-${inside}`}, ${`%'${inside}`}])
    or a.email like ${inside} or lower(a.username) like ${inside} or lower(a.student_number) like ${inside}`;
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
 * The ids among which whoever has all the words is, each part found by an index: whose names begin with one of them
 * (accounts_family_name, accounts_given_name), the few whose names have several parts (accounts_compound), by an address, by a number.
 * Whom only a middle name or a user name tells are not among them.
 */
export function candidates(tx: Tx, text: string): Fragment {
  const words = wordsOf(text);
  const [longest = ""] = [...words].sort((one, other) => other.length - one.length);
  const telling = words.filter((word) => word.length >= tellingLength);
  const own = tx.sql`a.district_id = ${tx.districtId}`;
  const range = (column: string, word: string) => tx.sql`
    union select a.id from accounts a where ${own} and ${beginsPlain(tx, column, word)}`;
  const arms = (telling.length > 0 ? telling : [longest]).map(
    (word) => tx.sql`
      union select a.id from accounts a where ${own} and ${begins(tx, "a.family_name", word)}
      union select a.id from accounts a where ${own} and ${begins(tx, "a.given_name", word)}
      ${/^[a-z0-9._@+-]+$/.test(word) ? range("a.email", word) : tx.sql``}
      ${/\d/.test(word) ? range("a.student_number", word) : tx.sql``}`,
  );
  return tx.sql`
    select a.id from accounts a where ${own} and ${tx.sql.unsafe(isCompound)}
    union select a.id from accounts a where ${own} and ${namedById(tx, "a.id", "account", text)}
    ${arms.reduce((all, one) => tx.sql`${all} ${one}`)}`;
}

/** Wherever the words stand in a name, address or number: a pass over the people of the district. */
export function hasWordsAnywhere(tx: Tx, text: string): Fragment {
  // Joined by operators: concat_ws takes half as long again.
  const all = tx.sql`lower(a.given_name || ' ' || coalesce(a.middle_name || ' ', '') || a.family_name || ' ' || coalesce(a.email, '') || ' ' || coalesce(a.username, '') || ' ' || coalesce(a.student_number, ''))`;
  return allOf(
    tx,
    wordsOf(text).map((word) => tx.sql`${all} like ${likePattern(word)}`),
  );
}
