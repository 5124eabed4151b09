import type postgres from "postgres";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import type { ReachScope } from "#lib/platform/access.ts";
import type { Fate } from "#lib/platform/db/schema/source-records.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { allOf, likePattern, namedById, wordsOf } from "#lib/services/people/search.ts";
import { whoseIdIsBarred } from "#lib/services/retention/barred-ids.ts";
import type { Services } from "#lib/services/services.ts";
import { causeNotRostered, roleTold } from "./not-rostered.ts";
import { type ClassHit, mostHits, textOfRef, type Whereabouts, type WhyHit, type WhyHits } from "./schema.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** Where the fate of a row that leads to nobody has left them. */
export const whereOfFate: Readonly<Record<Fate, Whereabouts>> = {
  rostered: "active",
  waiting: "waits",
  withheld: "waits",
  "out-of-scope": "out-of-scope",
  "left-out": "left-out",
  "not-rostered": "not-rostered",
  withdrawn: "gone",
};

/**
 * Teachers and learners by name, address, number or id, of Aivo and of every SIS: also those who never arrived. What a SIS says counts where
 * an admin edited the value, and an address or number that is another one in a second SIS leads to the account too.
 *
 * Of parents and others who are not rostered nothing is remembered but the id (docs/decisions/006), so they are found by that alone; but for
 * those of OneRoster 1.2, whose roles are told apart and may make somebody of them tomorrow (035).
 *
 * Accounts are one pass over them, as in the lists of people. Of what the SISs say only those rows are looked through that are not
 * simply in the roster (the index source_records_unplaced). Measured on 100,000 accounts, 50,000 such rows and 620,000 enrollments, two
 * busy cores: half a second, whatever is looked for.
 */
export async function searchWhy(
  services: Pick<Services, "db" | "keyring">,
  scope: ReachScope<"read-roster">,
  text: string,
): Promise<WhyHits> {
  const asked = text.trim();
  if (wordsOf(asked).length === 0) return { hits: [], hasMore: false, erased: [] };
  const { people, others } = await withDistrict(services.db, scope, async (tx) => ({
    people: await accountsFound(tx, asked),
    others: await othersFound(tx, asked),
  }));
  const erased = await whoseIdIsBarred(services, scope.districtId, asked);
  return {
    // So many of each: however many are called so in Aivo, who never arrived is listed.
    hits: [...people.slice(0, mostHits), ...others.slice(0, mostHits)],
    hasMore: people.length > mostHits || others.length > mostHits,
    erased: erased.map(({ integrationName, barredAt, reason }) => ({ integrationName, barredAt, reason })),
  };
}

const textOfPerson = (alias: string) =>
  `lower(${alias}.given_name || ' ' || coalesce(${alias}.middle_name || ' ', '') || ${alias}.family_name || ' ' || coalesce(${alias}.email, '') ||
    ' ' || coalesce(${alias}.username, '') || ' ' || coalesce(${alias}.student_number, ''))`;
/** Of a row that could not be read any of it may be missing. */
const textOfRow = `lower(concat_ws(' ', m.given_name, m.middle_name, m.family_name, m.email, m.username, m.student_number))`;

function eachWord(tx: Tx, text: string, column: string): Fragment {
  return allOf(
    tx,
    wordsOf(text).map((word) => tx.sql`${tx.sql.unsafe(column)} like ${likePattern(word)}`),
  );
}

/** The rows of the SISs that are not simply in the roster and have all the words, or this id. */
function rowsFound(tx: Tx, collection: "users" | "classes", text: string): Fragment {
  const column = collection === "users" ? textOfRow : "lower(concat_ws(' ', m.name, m.code))";
  return tx.sql`
    select m.* from source_records m
    where m.district_id = ${tx.districtId} and m.collection = ${collection}
      and m.collection in ('users', 'classes') and m.fate <> 'rostered'
      and (${eachWord(tx, text, column)} or m.external_id = ${text})`;
}

async function accountsFound(tx: Tx, text: string): Promise<WhyHit[]> {
  const rows = await tx.sql<
    {
      id: string;
      role: string;
      givenName: string;
      middleName: string | null;
      familyName: string;
      email: string | null;
      number: string | null;
      where: Whereabouts;
    }[]
  >`
    with said as (
      select k.record_id, string_agg(lower(k.sis_value #>> '{}'), ' ') as text
      from kept_values k
      where k.district_id = ${tx.districtId} and k.entity = 'account'
        and k.field in ('given_name', 'middle_name', 'family_name', 'email', 'username', 'student_number')
      group by 1),
    led as (
      select l.record_id from (${rowsFound(tx, "users", text)}) l
        where l.record_id is not null and l.fate not in ('waiting', 'withheld')
      union
      select l.record_id from source_records l
      where l.district_id = ${tx.districtId} and l.collection = 'users'
        and l.record_id is not null and l.email = ${text.toLowerCase()}
      union
      select l.record_id from source_records l
      where l.district_id = ${tx.districtId} and l.collection = 'users'
        and l.record_id is not null and l.student_number = ${text}
      union
      select s.record_id from said s
      join accounts e on e.district_id = ${tx.districtId} and e.id = s.record_id
      where ${eachWord(tx, text, `(${textOfPerson("e")} || ' ' || s.text)`)})
    select a.id, a.role, a.given_name as "givenName", a.middle_name as "middleName", a.family_name as "familyName", a.email,
      a.student_number as number,
      case when a.status = 'deactivated' then 'deactivated' when a.barred_at is not null then 'barred' else 'active' end as where
    from accounts a
    where a.district_id = ${tx.districtId} and a.role in ('teacher', 'learner')
      and ((${eachWord(tx, text, textOfPerson("a"))})
        or ${namedById(tx, "a.id", "account", text)} or a.id in (select record_id from led))
    order by a.family_name, a.given_name, a.id
    limit ${mostHits + 1}`;
  return rows.map(({ id, role, email, number, where, ...name }) => ({
    ref: id,
    name: fullName(name),
    role,
    email,
    number,
    where,
    cause: null,
    integrationName: null,
    externalId: null,
  }));
}

/** Of whom a SIS told, and who are nobody in Aivo by that row; of those who wait also where their id leads to an account: it may not be theirs. */
async function othersFound(tx: Tx, text: string): Promise<WhyHit[]> {
  const rows = await tx.sql<
    {
      integrationId: string;
      integrationName: string;
      provider: ProviderId;
      externalId: string;
      name: string;
      role: string | null;
      email: string | null;
      number: string | null;
      fate: Fate;
      reason: string | null;
    }[]
  >`
    select m.integration_id as "integrationId", n.name as "integrationName", n.provider, m.external_id as "externalId",
      btrim(concat_ws(' ', m.given_name, m.middle_name, m.family_name)) as name,
        m.role, m.email, m.student_number as number, m.fate, m.reason
    from (${rowsFound(tx, "users", text)}) m
    join integrations n on n.district_id = ${tx.districtId} and n.id = m.integration_id and n.state <> 'removed'
    left join accounts a on a.district_id = ${tx.districtId} and a.id = m.record_id
    where m.fate in ('waiting', 'withheld') or a.id is null
    order by m.family_name nulls last, m.given_name, m.external_id
    limit ${mostHits + 1}`;
  return rows.map(({ integrationId, provider, externalId, role, fate, reason, ...row }) => ({
    ...row,
    ref: textOfRef({ integrationId, externalId }),
    role: roleTold({ fate, reason, role }),
    where: whereOfFate[fate],
    cause: causeOf(provider, fate, reason),
    externalId: shownId(externalId),
  }));
}

/** A row without an id is kept under a hash, which tells nobody anything. */
export const shownId = (externalId: string): string | null => (externalId < "\u0002" ? null : externalId);

export function causeOf(provider: ProviderId, fate: Fate, reason: string | null): string | null {
  if (fate === "not-rostered") return causeNotRostered(reason);
  return reason === null || fate === "withdrawn" || fate === "out-of-scope" ? null : definitionIn(provider, reason).title;
}

const mostClasses = 20;

/** Classes by words of their name or code, or an id, also those that never arrived. */
export function searchClasses(
  services: Pick<Services, "db">,
  scope: ReachScope<"read-roster">,
  text: string,
): Promise<readonly ClassHit[]> {
  const asked = text.trim();
  if (wordsOf(asked).length === 0) return Promise.resolve([]);
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.sql<(Omit<ClassHit, "ref" | "where"> & { id: string; status: "active" | "deactivated" })[]>`
      select c.id, c.name, c.code, s.name as "schoolName", c.status
      from classrooms c
      left join schools s on s.district_id = ${tx.districtId} and s.id = c.school_id
      where c.district_id = ${tx.districtId}
        and ((${eachWord(tx, asked, "lower(concat_ws(' ', c.name, c.code))")})
          or ${namedById(tx, "c.id", "classroom", asked)})
      order by c.status, c.name, c.id
      limit ${mostClasses}`;
    const others = await tx.sql<(Omit<ClassHit, "ref" | "where"> & { integrationId: string; externalId: string; fate: Fate })[]>`
      select m.integration_id as "integrationId", m.external_id as "externalId",
        coalesce(m.name, m.external_id) as name, m.code, m.fate,
        null as "schoolName"
      from (${rowsFound(tx, "classes", asked)}) m
      join integrations n on n.district_id = ${tx.districtId} and n.id = m.integration_id and n.state <> 'removed'
      left join classrooms c on c.district_id = ${tx.districtId} and c.id = m.record_id
      where c.id is null
      order by m.name, m.external_id
      limit ${mostClasses}`;
    return [
      ...rows.map(({ id, status, ...row }) => ({ ...row, ref: id, where: status })),
      ...others.map(({ integrationId, externalId, fate, ...row }) => ({
        ...row,
        ref: textOfRef({ integrationId, externalId }),
        where: whereOfFate[fate],
      })),
    ];
  });
}
