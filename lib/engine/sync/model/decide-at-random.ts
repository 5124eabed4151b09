import type { Database } from "#lib/platform/db/client.ts";
import { accountsShown, evidenceOfShown } from "#lib/platform/db/match-evidence.ts";
import { shownOf } from "./decided.ts";
import type { RandomDecision } from "./histories.ts";
import type { Model, ModelDecision } from "./types.ts";

/**
 * Test-only: decides about a conflict that is open in the database, as an admin does (lib/services/conflicts/decide.ts), and says what stands then.
 * `model` is what the database has.
 */
export async function decideAtRandom(
  db: Database,
  districtId: string,
  model: Model,
  decisions: readonly ModelDecision[],
  { nth, verdict, whom }: RandomDecision,
): Promise<readonly ModelDecision[]> {
  const isAgain = verdict === "asked-again";
  const open = isAgain
    ? await db.sql<{ integration: string; externalId: string; ids: string[] }[]>`
        select integration_id as integration, external_id as "externalId", array[record_id] as ids from source_records
        where district_id = ${districtId} and collection = 'users' and rostered and fate = 'rostered' order by external_id, integration_id`
    : await db.sql<{ integration: string; externalId: string; ids: string[] }[]>`
        select integration_id as integration, external_id as "externalId", record_ids as ids from issues
        where district_id = ${districtId} and code in ('match-takeover', 'match-namesake', 'match-contested', 'match-ambiguous', 'match-role')
        order by external_id, integration_id, code`;
  const one = open[nth % Math.max(open.length, 1)];
  const person = model.mirror.find(
    (said) => said.collection === "users" && said.integration === one?.integration && said.externalId === one?.externalId,
  )?.record;
  if (!one || !person) return decisions;
  const { integration, externalId } = one;
  const alike = model.records
    .filter(({ entity, values }) => entity === "account" && values.role === person.role)
    .map(({ id }) => id)
    .sort();
  const choices = [...one.ids, ...alike].filter((id) => alike.includes(id));
  const account = verdict === "same-person" ? (choices[whom % Math.max(choices.length, 1)] ?? null) : null;
  if (verdict === "same-person" && account === null) return decisions;
  const accounts = verdict === "ignored" ? [] : [...new Set([...one.ids, ...(account ? [account] : [])])].sort();
  const evidence = isAgain
    ? db.sql`${`again ${externalId}`}`
    : db.sql`(
        select ${db.sql.unsafe(evidenceOfShown("m", "s.accounts"))} from source_records m
        left join (
          select ${db.sql.unsafe(accountsShown)} as accounts from accounts a
          where a.district_id = ${districtId} and a.id = any(${accounts}::uuid[])) s on true
        where m.district_id = ${districtId} and m.integration_id = ${integration} and m.collection = 'users' and m.external_id = ${externalId})`;
  await db.sql`
    delete from match_decisions where district_id = ${districtId} and integration_id = ${integration} and external_id = ${externalId}`;
  await db.sql`
    insert into match_decisions (district_id, integration_id, external_id, evidence, account_id, account_ids, verdict, reason)
    values (${districtId}, ${integration}, ${externalId}, ${evidence}, ${account ?? accounts[0] ?? null}, ${accounts}::uuid[], ${verdict}, 'at random')`;
  await db.sql`
    update source_records set stale = true
    where district_id = ${districtId} and integration_id = ${integration} and collection = 'users' and external_id = ${externalId} and ${isAgain}`;
  await db.sql`update districts set roster_revision = roster_revision + 1 where id = ${districtId}`;
  const others = decisions.filter((other) => other.integration !== integration || other.externalId !== externalId);
  return [...others, { integration, externalId, verdict, account, accounts, shown: shownOf(model, externalId, person, accounts) }];
}
