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
  return tx.sql`
    ${begins(tx, column("family_name"), word)} or ${begins(tx, column("given_name"), word)} or ${begins(tx, column("middle_name"), word)}
    or (${hasInside(tx, alias, word)})
    or ${tx.sql.unsafe(column("email"))} like ${first} or lower(${tx.sql.unsafe(column("username"))}) like ${first}
    or lower(${tx.sql.unsafe(column("student_number"))}) like ${first}`;
}

/** Of whom a later part of a name begins with the word. */
function hasInside(tx: Tx, alias: "a" | "m", word: string): Fragment {
  const name = (of: string) => `coalesce(${alias}.${of}_name, '')`;
  const names = tx.sql.unsafe(`lower(${name("family")} || ' ' || ${name("given")} || ' ' || ${name("middle")})`);
  // The pattern decides; that a name has the word at all is told far sooner.
  const inside = `[^[:alnum:]]${word.replace(/[^\p{L}\p{N}]/gu, "\\$&")}`;
  return tx.sql`${names} like ${likePattern(word)} and ${names} ~ ${inside}`;
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

/** Words of so many letters lead to few enough people; shorter ones only where there is no other, and by names and numbers alone. */
const tellingLength = 3;

/**
 * Whoever has all the words, as rows of accounts `a` of which `which` holds, each part found by an index: whose names begin with one of them
 * (accounts_family_name, accounts_given_name), the few whose names have several parts (accounts_compound), by an address, by a number. Whom
 * only a middle name or a user name tells are not among them. Of a single word nobody else is; of several each is to be asked with
 * `hasWords`: `areSure`. They come with what is asked of them, so that nobody has to be looked up again.
 */
export function candidates(tx: Tx, text: string, which: Fragment, columns: Fragment): Fragment {
  const words = wordsOf(text);
  const [longest = ""] = [...words].sort((one, other) => other.length - one.length);
  const telling = words.filter((word) => word.length >= tellingLength);
  const leading = telling.length > 0 ? telling : [longest];
  const of = (condition: Fragment) => tx.sql`select ${columns} from accounts a where ${which} and ${condition}`;
  // Ranges are in the database's order, in which signs may count for nothing; the pattern decides.
  const range = (column: string, word: string) =>
    of(tx.sql`${beginsPlain(tx, column, word)} and lower(${tx.sql.unsafe(column)}) like ${likePattern(word).slice(1)}`);
  const arms = leading.flatMap((word) => [
    of(begins(tx, "a.family_name", word)),
    of(begins(tx, "a.given_name", word)),
    ...(word.length >= tellingLength && /^[a-z0-9._@+-]+$/.test(word) ? [range("a.email", word)] : []),
    ...(/\d/.test(word) ? [range("a.student_number", word)] : []),
  ]);
  const inside = leading.map((word) => tx.sql`(${hasInside(tx, "a", word)})`).reduce((all, one) => tx.sql`${all} or ${one}`);
  return [of(tx.sql`${tx.sql.unsafe(isCompound)} and (${inside})`), of(namedById(tx, "a.id", "account", text)), ...arms].reduce(
    (all, one) => tx.sql`${all} union ${one}`,
  );
}

/** Whether `candidates` are just those who have the words. */
export const areSure = (text: string) => wordsOf(text).length === 1;

/** Whether they are few besides. */
export const areSureAndFew = (text: string) => areSure(text) && wordsOf(text).every((word) => word.length >= tellingLength);

/**
 * Wherever the words stand in a name, address or number: a pass over the people of the district, for which `strpos` needs less than `like`.
 * An equation, because the planner takes it for true of few rows, and then sends several processes to look.
 */
export function hasWordsAnywhere(tx: Tx, text: string): Fragment {
  const columns = ["given_name", "family_name", "middle_name", "username", "student_number"];
  return allOf(
    tx,
    wordsOf(text).map((word) => {
      const places = columns.map((name) => tx.sql`strpos(${tx.sql.unsafe(inSmall(word, `a.${name}`))}, ${word})`);
      return tx.sql`least(1, greatest(strpos(a.email, ${word}), ${places.reduce((all, one) => tx.sql`${all}, ${one}`)})) = 1`;
    }),
  );
}

/** What a word is compared with. Plain letters are told from capitals without asking any language; a word without any has none to be told. */
function inSmall(word: string, column: string): string {
  if (word.toUpperCase() === word) return column;
  return /^[ -~]*$/.test(word) ? `lower(${column} collate "C")` : `lower(${column})`;
}
