import type postgres from "postgres";
import { definitionIn } from "#lib/engine/sis/words.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { accountsShown, evidenceOfShown } from "#lib/platform/db/match-evidence.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { pageSize } from "#lib/services/runs/schema.ts";
import type { Services } from "#lib/services/services.ts";
import { accountsShownFor, candidates, classesInSis, idsFound, schoolsInSis } from "./persons.ts";
import type { Candidate, ConflictCounts, ConflictDetail, ConflictFilter, ConflictRow, Decision, ShownPerson } from "./schema.ts";
import { conflictOf, decisionsMeant, openConflicts, withHolds } from "./view.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

interface StoredConflict {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly integrationState: string;
  readonly provider: Parameters<typeof definitionIn>[0];
  readonly seq: string;
  readonly code: ConflictRow["code"];
  readonly externalId: string;
  readonly person: ShownPerson;
  readonly grade: string | null;
  readonly recordIds: string[];
  readonly since: Date;
  readonly sourcePart: string;
  readonly sourcePosition: number;
}

const columns = (tx: Tx) => tx.sql`
  c.integration_id as "integrationId", c.integration_name as "integrationName", c.integration_state as "integrationState", c.provider, c.seq,
  c.code, c.external_id as "externalId", c.grade, c.record_ids as "recordIds", c.opened_at as since, c.source_part as "sourcePart",
  c.source_position as "sourcePosition",
  jsonb_build_object('role', c.role, 'givenName', c.given_name, 'familyName', c.family_name, 'email', c.email,
    'studentNumber', c.student_number) as person`;

/** How many conflicts wait for an admin, and since when. */
export function countConflicts(services: Pick<Services, "db">, scope: DistrictScope<"read-syncs">): Promise<ConflictCounts> {
  return withDistrict(services.db, scope, async (tx) => {
    const [row] = await tx.sql<{ open: number; since: Date | null }[]>`
      select count(*)::int as open, min(opened_at) as since from ${openConflicts(tx)} c`;
    return { open: row?.open ?? 0, since: row?.since ? new Date(row.since).toISOString() : null };
  });
}

export interface ConflictPage {
  readonly rows: readonly ConflictRow[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
}

/** One page of the conflicts that are open, those that wait longest first. */
export function listConflicts(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  filter: ConflictFilter,
): Promise<ConflictPage> {
  return withDistrict(services.db, scope, async (tx) => {
    const [counted] = await tx.sql<{ total: number }[]>`select count(*)::int as total from ${openConflicts(tx, filter)} c`;
    const stored = await tx.sql<StoredConflict[]>`
      select ${columns(tx)} from ${openConflicts(tx, filter)} c
      order by c.opened_at, c.integration_id, c.seq
      limit ${pageSize} offset ${(filter.page - 1) * pageSize}`;
    return { rows: await inWords(tx, stored), total: counted?.total ?? 0, page: filter.page, pageSize };
  });
}

/** So many accounts stand beside a record in a list. */
const listedAccounts = 3;

async function inWords(tx: Tx, stored: readonly StoredConflict[]): Promise<ConflictRow[]> {
  const accounts = await accountsShownFor(tx, [...new Set(stored.flatMap(({ recordIds }) => recordIds.slice(0, listedAccounts)))]);
  const schools = await schoolsInSis(
    tx,
    stored.map(({ integrationId, externalId }) => ({ integrationId, externalId })),
  );
  return stored.map((one) => ({
    integrationId: one.integrationId,
    integrationName: one.integrationName,
    seq: Number(one.seq),
    code: one.code,
    title: definitionIn(one.provider, one.code).title,
    externalId: one.externalId,
    person: one.person,
    schoolName: schools.get(`${one.integrationId} ${one.externalId}`)?.[0] ?? null,
    accounts: one.recordIds.slice(0, listedAccounts).flatMap((id) => accounts.get(id) ?? []),
    accountCount: one.recordIds.length,
    since: new Date(one.since).toISOString(),
  }));
}

/**
 * A conflict with both sides: what the SIS says of the person, and each account that it may be.
 * @throws ServiceError `not-found` when it is not open any more
 */
export function getConflict(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
  seq: number,
): Promise<ConflictDetail> {
  return withDistrict(services.db, scope, async (tx) => {
    const stored = await findConflict(tx, integrationId, seq);
    const [row] = await inWords(tx, [stored]);
    if (!row) throw gone();
    const { rule, remedy } = definitionIn(stored.provider, stored.code);
    const schools = await schoolsInSis(tx, [row]);
    const about = tx.sql`d.integration_id = ${integrationId} and d.external_id = ${row.externalId}`;
    const decided = await readDecisions(tx, about, 10, 0);
    return {
      ...row,
      rule,
      remedy,
      grade: stored.grade,
      schools: schools.get(`${integrationId} ${row.externalId}`) ?? [],
      ...(await classesInSis(tx, integrationId, row.externalId)),
      sourcePart: stored.sourcePart,
      sourcePosition: stored.sourcePosition,
      candidates: await candidates(tx, stored.recordIds),
      shown: await hashOfShown(tx, integrationId, row.externalId, stored.recordIds),
      decision: decided.find(({ state }) => state === "pending" || state === "ignored") ?? null,
      isPaused: stored.integrationState === "paused",
    };
  });
}

const gone = () => new ServiceError("not-found", "There is no such conflict any more: a sync or a colleague settled it.");

/** @throws ServiceError `not-found` */
export async function findConflict(tx: Tx, integrationId: string, seq: number): Promise<StoredConflict> {
  const [stored] =
    isUuid(integrationId) && Number.isSafeInteger(seq)
      ? await tx.sql<StoredConflict[]>`select ${columns(tx)} from ${conflictOf(tx, integrationId, seq)} c`
      : [];
  if (!stored) throw gone();
  return stored;
}

/** What a decision about a record and accounts counts for: both sides as they are now. */
export async function hashOfShown(tx: Tx, integrationId: string, externalId: string, accountIds: readonly string[]): Promise<string> {
  const [row] = await tx.sql<{ hash: string }[]>`
    select ${tx.sql.unsafe(evidenceOfShown("m", "s.accounts"))} as hash
    from source_records m
    left join (
      select ${tx.sql.unsafe(accountsShown)} as accounts from accounts a
      where a.district_id = ${tx.districtId} and a.id = any(${[...accountIds]}::uuid[])) s on true
    where m.district_id = ${tx.districtId} and m.integration_id = ${integrationId} and m.external_id = ${externalId} and m.collection = 'users'`;
  if (!row) throw gone();
  return row.hash;
}

/** People of Aivo of the same role as the record, by words, for whom none of the accounts shown is right. */
export function searchAccounts(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
  seq: number,
  words: string,
): Promise<readonly Candidate[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const { person, recordIds } = await findConflict(tx, integrationId, seq);
    return candidates(tx, await idsFound(tx, person.role, words, recordIds));
  });
}

export interface DecisionPage {
  readonly rows: readonly Decision[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
}

/** One page of what was decided and not taken back, the latest first. */
export function listDecisions(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  { integration, page }: Pick<ConflictFilter, "integration" | "page">,
): Promise<DecisionPage> {
  return withDistrict(services.db, scope, async (tx) => {
    const [counted] = await tx.sql<{ total: number }[]>`
      select count(*)::int as total from match_decisions d
      where district_id = ${tx.districtId} and taken_back_at is null and verdict <> 'asked-again'
        ${integration === undefined ? tx.sql`` : tx.sql`and integration_id = ${integration}`}`;
    const which = integration === undefined ? tx.sql`true` : tx.sql`d.integration_id = ${integration}`;
    const rows = await readDecisions(tx, which, pageSize, (page - 1) * pageSize);
    return { rows, total: counted?.total ?? 0, page, pageSize };
  });
}

async function readDecisions(tx: Tx, which: Fragment, limit: number, offset: number): Promise<Decision[]> {
  const rows = await tx.sql<(Omit<Decision, "decidedAt"> & { decidedAt: Date })[]>`
    select d.integration_id as "integrationId", n.name as "integrationName", d.evidence, d.external_id as "externalId",
      nullif(trim(coalesce(m.given_name, '') || ' ' || coalesce(m.family_name, '')), '') as name, m.role, d.verdict, d.reason,
      d.decided_at as "decidedAt", trim(b.given_name || ' ' || b.family_name) as "decidedByName",
      case when a.id is not null and d.verdict = 'same-person' then jsonb_build_object(
        'id', a.id, 'name', trim(a.given_name || ' ' || a.family_name), 'role', a.role) end as account,
      case
        when d.verdict = 'ignored' then case when d.holds then 'ignored' else 'lapsed' end
        when m.fate = 'rostered' and (m.record_id = d.account_id) = (d.verdict = 'same-person') then 'followed'
        when d.holds then 'pending'
        else 'lapsed'
      end as state
    from ${withHolds(tx, decisionsMeant(tx, which, limit, offset))} d
    join integrations n on n.district_id = ${tx.districtId} and n.id = d.integration_id
    left join source_records m
      on m.district_id = ${tx.districtId} and m.integration_id = d.integration_id and m.external_id = d.external_id and m.collection = 'users'
    left join accounts a on a.district_id = ${tx.districtId} and a.id = d.account_id
    left join accounts b on b.district_id = ${tx.districtId} and b.id = d.decided_by
    order by d.decided_at desc, d.evidence`;
  return rows.map((row) => ({ ...row, decidedAt: new Date(row.decidedAt).toISOString() }));
}
