import type postgres from "postgres";
import type { ReachScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { namedById } from "#lib/services/people/search.ts";
import { begins, beginsPlain, collation, isCalled, isCompound } from "#lib/services/people/words.ts";
import type { Services } from "#lib/services/services.ts";
import { mostPeople } from "./schema.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** The people that a text may mean, by their ids alone. */
export interface Candidates {
  readonly accountIds: readonly string[];
  /** Rows of the SISs that are not simply in the roster. */
  readonly rows: readonly { readonly integrationId: string; readonly externalId: string }[];
}

/** Of each way to be found so many, so that a few who turn out to be somebody else leave enough. */
const each = mostPeople * 2;

/**
 * Who is called so, by the indexes over how names begin: of two words or more first whoever has a family name and a given name that begin
 * with two of them; then whoever has any name that begins with one and the other words anywhere; then who has them inside a name of several
 * words. One word alone leads to addresses and numbers, too.
 *
 * How a name begins is asked by comparisons, which an index serves under row-level security, too (people/words.ts).
 */
export function candidatesFor(
  services: Pick<Services, "db">,
  scope: ReachScope<"read-roster">,
  words: readonly string[],
  text: string,
): Promise<Candidates> {
  return withDistrict(services.db, scope, async (tx) => {
    const stages = [() => [...bothNames(tx, words), byId(tx, text)], () => accountProbes(tx, words), () => [withinNames(tx, words)]];
    const accountIds = new Set<string>();
    for (const probes of stages) if (accountIds.size < mostPeople) for (const id of await ids(tx, probes())) accountIds.add(id);
    return {
      accountIds: [...accountIds],
      rows: await tx.sql<{ integrationId: string; externalId: string }[]>`${union(tx, [...rowProbes(tx, words), rowById(tx, text)])}`,
    };
  });
}

async function ids(tx: Tx, probes: readonly Fragment[]): Promise<string[]> {
  return (await tx.sql<{ id: string }[]>`${union(tx, probes)}`).map(({ id }) => id);
}

function union(tx: Tx, [first, ...others]: readonly Fragment[]): Fragment {
  return others.reduce((all, one) => tx.sql`${all} union (${one})`, tx.sql`(${first ?? tx.sql``})`);
}

/** One letter among longer words narrows them, and finds half a district by itself. */
function leads(words: readonly string[]): readonly string[] {
  const long = words.filter((word) => word.length > 1);
  return long.length > 0 ? long : words;
}

function bothNames(tx: Tx, words: readonly string[]): Fragment[] {
  return words.flatMap((family) =>
    words
      .filter((given) => given !== family)
      .map(
        (given) => tx.sql`
          select a.id from accounts a
          where a.district_id = ${tx.districtId} and ${begins(tx, "a.family_name", family)} and ${begins(tx, "a.given_name", given)}
            and a.role in ('teacher', 'learner')
            and ${isCalled(
              tx,
              "a",
              words.filter((word) => word !== family && word !== given),
            )}
          limit ${each}`,
      ),
  );
}

const isAddressOrNumber = (word: string) => /[\d@]/.test(word);

function accountProbes(tx: Tx, words: readonly string[]): Fragment[] {
  return leads(words).flatMap((lead) => {
    const rest = words.filter((word) => word !== lead);
    const probe = (column: string, condition: Fragment, order = column) => tx.sql`
      select a.id from accounts a
      where a.district_id = ${tx.districtId} and ${condition} and a.role in ('teacher', 'learner')
        and ${isCalled(tx, "a", rest)}
      order by ${tx.sql.unsafe(order)}
      limit ${each}`;
    const named = (column: string) => probe(column, begins(tx, column, lead), `${column} ${collation}`);
    const plain = (column: string) => probe(column, beginsPlain(tx, column, lead));
    const names = [named("a.family_name"), named("a.given_name")];
    return words.length === 1 || isAddressOrNumber(lead) ? [...names, plain("a.email"), plain("a.student_number")] : names;
  });
}

/** "de la Cruz" by "cruz": only names of several words are looked through, which their own index has. */
function withinNames(tx: Tx, words: readonly string[]): Fragment {
  return tx.sql`
    select a.id from accounts a
    where a.district_id = ${tx.districtId} and ${tx.sql.unsafe(isCompound)} and ${isCalled(tx, "a", words)}
    limit ${each}`;
}

function byId(tx: Tx, text: string): Fragment {
  return tx.sql`
    select a.id from accounts a where a.district_id = ${tx.districtId} and ${namedById(tx, "a.id", "account", text)}
    union
    select l.record_id from source_records l
    where l.district_id = ${tx.districtId} and l.collection = 'users' and l.record_id is not null
      and (l.email = ${text.toLowerCase()} or l.student_number = ${text})`;
}

const unplaced = "m.collection = 'users' and m.fate <> 'rostered'";

function rowProbes(tx: Tx, words: readonly string[]): Fragment[] {
  return leads(words).flatMap((lead) => {
    const rest = words.filter((word) => word !== lead);
    const probe = (condition: Fragment, order: string) => tx.sql`
      select m.integration_id as "integrationId", m.external_id as "externalId" from source_records m
      where m.district_id = ${tx.districtId} and ${tx.sql.unsafe(unplaced)} and ${condition}
        and ${isCalled(tx, "m", rest)}
      order by ${tx.sql.unsafe(order)}
      limit ${each}`;
    const named = (column: string) =>
      probe(tx.sql`${begins(tx, column, lead)} and ${tx.sql.unsafe(column)} is not null`, `${column} ${collation}`);
    const exactly = (column: string) => probe(tx.sql`${tx.sql.unsafe(column)} = ${lead}`, column);
    const names = [named("m.family_name"), named("m.given_name")];
    return isAddressOrNumber(lead) ? [...names, exactly("m.email"), exactly("m.student_number")] : names;
  });
}

function rowById(tx: Tx, text: string): Fragment {
  return tx.sql`
    select m.integration_id as "integrationId", m.external_id as "externalId" from source_records m
    where m.district_id = ${tx.districtId} and ${tx.sql.unsafe(unplaced)} and m.external_id = ${text}
    limit ${each}`;
}
