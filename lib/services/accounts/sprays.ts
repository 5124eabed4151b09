import { createHmac } from "node:crypto";
import { closeIncidents, openIncident } from "#lib/engine/notices/incidents.ts";
import { workerScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { type Tx, withOperator, withOwner } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

/**
 * A spray: few tries at each of many accounts, so that no account's throttle sees it. Known by what failed tries within a quarter of an hour have in
 * common: `accounts`, different ones from one address, of which none got in afterwards; `unknown`, addresses that nobody has, from one; `password`,
 * the same password or one that differs in digits and signs, at different accounts from wherever.
 */
export type SprayPattern = "accounts" | "unknown" | "password";

/** Far above a school on the first day, whose people share an address, mistype, and get in; nobody's password is ten others'. */
export const sprayLimits = { accounts: 30, unknown: 20, password: 10, windowMinutes: 15 } as const;
/** Of one window, whose admins are told. */
const mostDistricts = 100;
/** Without another one for so long it is over. */
const overMinutes = 60;
const atOnce = 200;

export interface FailedTry {
  readonly email: string;
  readonly address: string;
  readonly password: string;
  /** Whose accounts have the address; none: nobody has, or it was not looked. */
  readonly districtIds: readonly string[];
  /** Null: it was not looked. */
  readonly isKnown: boolean | null;
}

/** Notes a failed try: the same statements for an address that nobody has, whose district is told by its domain. */
export async function noteFailedTry({ db, env }: Pick<Services, "db" | "env">, failed: FailedTry): Promise<void> {
  const keyed = keyedBy(env.sessionSecret);
  const who = keyed("who", failed.email);
  const domains = await db.sql<{ id: string }[]>`
    select district_id as id from identity_domains where domain = ${failed.email.split("@").at(-1) ?? ""} limit 2`;
  const districts = [...new Set([...failed.districtIds, ...domains.map(({ id }) => id)])].slice(0, mostDistricts);
  const rows = (["accounts", "unknown", "password"] as const).map((pattern) => ({
    pattern,
    key: keyed(pattern, pattern === "password" ? likenessOf(failed.password) : failed.address),
    most: sprayLimits[pattern],
    counts: pattern === "unknown" ? failed.isKnown === false : true,
  }));
  const isOver = db.sql`s.window_started_at <= now() - make_interval(mins => ${sprayLimits.windowMinutes})`;
  await db.sql`
    insert into sign_in_sprays as s (key, pattern, tried, districts, window_started_at)
    select v.key, v.pattern, case when v.counts then array[${who}] else '{}' end, case when v.counts then ${districts}::uuid[] else '{}' end, now()
    from unnest(${rows.map(({ key }) => key)}::text[], ${rows.map(({ pattern }) => pattern)}::text[], ${rows.map(({ counts }) => String(counts))}::text[]::bool[]) v (key, pattern, counts)
    order by v.key
    on conflict (key) do update set
      tried = case when ${isOver} then excluded.tried
        when excluded.tried <@ s.tried or cardinality(s.tried) >= ${Math.max(...rows.map(({ most }) => most))} then s.tried
        else s.tried || excluded.tried end,
      districts = case when ${isOver} then excluded.districts
        when excluded.districts <@ s.districts or cardinality(s.districts) >= ${mostDistricts} then s.districts
        else s.districts || excluded.districts end,
      told = case when ${isOver} then '{}' else s.told end,
      window_started_at = case when ${isOver} then now() else s.window_started_at end`;
}

/** Somebody who got in after all was no part of one. */
export async function forgiveTry(
  { db, env }: Pick<Services, "db" | "env">,
  { email, address }: Pick<FailedTry, "email" | "address">,
): Promise<void> {
  const keyed = keyedBy(env.sessionSecret);
  await db.sql`update sign_in_sprays set tried = array_remove(tried, ${keyed("who", email)}) where key = ${keyed("accounts", address)}`;
}

export interface ToldSpray {
  readonly districtId: string;
  readonly pattern: SprayPattern;
  /** Whether it is the first of its kind within a window, and so an entry of the audit log. */
  readonly isNew: boolean;
}

/**
 * Tells the districts whose accounts a spray tries: one entry of the audit log a kind and window, and one incident for as long as it goes on. By
 * a worker and not by whoever tries, who would learn from the time of an answer. Ends the incidents of those that are over.
 */
export async function tellSprays({ db }: Pick<Services, "db">): Promise<readonly ToldSpray[]> {
  const due = await db.sql<{ key: string; pattern: SprayPattern; tried: number; districtId: string }[]>`
    select s.key, s.pattern, cardinality(s.tried) as tried, d.id as "districtId"
    from sign_in_sprays s cross join lateral (select distinct unnest(s.districts) as id) d
    where s.window_started_at > now() - make_interval(mins => ${overMinutes}) and not s.told @> array[d.id]
      and cardinality(s.tried) >= case s.pattern when 'password' then ${sprayLimits.password}::int when 'unknown' then ${sprayLimits.unknown}::int else ${sprayLimits.accounts}::int end
    order by s.key, d.id limit ${atOnce}`;
  const told: ToldSpray[] = [];
  for (const one of due) {
    // Which districts were told of a spray stands in one row for all of them.
    const isNew = await withOperator(db, one.districtId, (tx) => tell(tx, one));
    if (isNew !== null) told.push({ districtId: one.districtId, pattern: one.pattern, isNew });
  }
  await endOver({ db });
  return told;
}

/** Null: another worker has, or the district has gone. */
async function tell(tx: Tx, { key, pattern, tried }: { key: string; pattern: SprayPattern; tried: number }): Promise<boolean | null> {
  const [ours] = await tx.sql`
    update sign_in_sprays set told = told || ${tx.districtId}::uuid where key = ${key} and not told @> array[${tx.districtId}]::uuid[] returning key`;
  if (!ours) return null;
  const [district] = await tx.sql`select from districts where id = ${tx.districtId} and deleting_at is null`;
  if (!district) return null;
  const isOver = tx.sql`excluded.window_started_at - act_rates.window_started_at >= make_interval(mins => ${sprayLimits.windowMinutes})`;
  const [counted] = await tx.sql<{ acts: number }[]>`
    insert into act_rates (district_id, subject, window_started_at, acts) values (${tx.districtId}, ${`spray:${pattern}`}, now(), 1)
    on conflict (district_id, subject) do update set
      acts = case when ${isOver} then 1 else act_rates.acts + 1 end,
      window_started_at = case when ${isOver} then excluded.window_started_at else act_rates.window_started_at end
    returning acts`;
  if (counted?.acts !== 1) return false;
  const details = { pattern, atLeast: tried, minutes: sprayLimits.windowMinutes };
  const target = { kind: "district", id: tx.districtId };
  await appendAudit(tx, { actor: workerScope(tx.districtId).actor, action: "sign-in-spray-seen", target, details });
  await openIncident(tx, { kind: "sign-in-spray", integrationId: null, subject: tx.districtId, runId: null, details });
  return true;
}

async function endOver({ db }: Pick<Services, "db">): Promise<void> {
  const over = await db.sql<{ districtId: string }[]>`
    select i.district_id as "districtId" from incidents i
    where i.kind = 'sign-in-spray' and i.closed_at is null and not exists (
      select from act_rates r
      where r.district_id = i.district_id and r.subject like 'spray:%' and r.window_started_at > now() - make_interval(mins => ${overMinutes}))
    limit ${atOnce}`;
  for (const { districtId } of over)
    await withOwner(db, districtId, (tx) =>
      closeIncidents(tx, { kinds: ["sign-in-spray"], subject: districtId, runId: null, because: "over" }),
    );
}

/** For the retention job: windows that are long over. */
export async function forgetOldSprays({ db }: Pick<Services, "db">): Promise<void> {
  await db.sql`delete from sign_in_sprays where window_started_at < now() - interval '1 day'`;
}

/** Keyed, so that whoever has the table alone learns neither who was tried nor with what. */
function keyedBy(secret: string) {
  return (kind: string, value: string) => createHmac("sha256", secret).update(`spray:${kind}:${value}`).digest("base64").slice(0, 24);
}

/** "Spring2026!" and "spring-2027" are one pattern. */
function likenessOf(password: string): string {
  const letters = password.toLowerCase().replace(/[^\p{L}]/gu, "");
  return letters.length >= 4 ? letters : password;
}
