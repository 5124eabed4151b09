import { clearing, isOwn, tableOf } from "#lib/platform/db/staging.ts";
import { type Evidence, isSomebodyElse, type Lead } from "#lib/roster/same-person.ts";
import { rosterWithoutEdits } from "./kept-values.ts";
import { byInsert, execute, insertIssues, linksOf, type PlanContext, rosterOf, withoutLoops } from "./plan-context.ts";
import { suppliersOf } from "./suppliers.ts";
import { addTo, fill } from "./work.ts";

/**
 * Takeovers: records that lead to an account while the rest of the evidence says somebody else
 * (lib/roster/same-person.ts). They are kept in a work table, `takeovers`, for the time of matching, with what an admin
 * decided about just this evidence.
 */
export async function beginTakeovers(context: PlanContext): Promise<void> {
  const users = context.staging.incoming.users;
  await execute(context, clearing(context.staging, context.staging.work.takeovers));
  // Whom an admin said that somebody is not: never matched with them again while the evidence is the same.
  await fill(
    context,
    "declined",
    `select external_id, array_agg(account_id) as ids
    from (
      select d.external_id, d.account_id
      from match_decisions d
      join ${users} u on u.external_id = d.external_id
      join ${rosterOf(context, "account")} a on a.id = d.account_id
      join ${rosterWithoutEdits(context, "account")} s on s.id = d.account_id
      where ${ownDecisions(context)}
        and d.verdict = 'somebody-else'
        and d.evidence in (
          ${evidenceOf("u.external_id", "a.id", valuesOf("a"), valuesOf("u"))},
          ${evidenceOf("u.external_id", "a.id", valuesOf("s"), valuesOf("u"))})
      union
      select external_id, unnest(ids) from ${context.staging.work.decided} d
      where verdict = 'somebody-else') n
    group by external_id`,
  );
}

const shownColumns = ["given_name", "family_name", "email", "student_number"] as const;
const valuesOf = (alias: string) => shownColumns.map((column) => `${alias}.${column}`);

/** What is shown of one of the two, by column. */
const objectOf = (values: readonly string[]) => `jsonb_build_object(
            ${shownColumns.map((c, i) => `'${c}', ${values[i]}`).join(", ")})`;

/** What a decision is remembered for: exactly these two, as they were shown. */
function evidenceOf(externalId: string, accountId: string, before: readonly string[], after: readonly string[]): string {
  const shown = `jsonb_build_array(${[externalId, accountId, ...before, ...after].join(", ")})`;
  return `encode(sha256(convert_to(${shown}::text, 'UTF8')), 'hex')`;
}

const ownDecisions = (context: PlanContext) => `d.district_id = ${context.district}
        and d.integration_id = ${context.integration}
        and d.taken_back_at is null`;

/** What else than the lead can confirm a person. */
const confirmedBy: Readonly<Record<Lead, string>> = {
  id: "u.student_number = a.student_number or u.email = a.email",
  email: "u.student_number = a.student_number",
  "student-number": "u.email = a.email",
};

/** As many suspects are in memory at once. */
const judgedAtOnce = 2_000;

/**
 * Judges `pairs` (external_id, record_id) and adds the takeovers among them, but those of whom an admin said that they
 * are the same. SQL passes over whom equal values put beyond doubt; the rest, in a bad night everybody, streams through
 * the rule. `isLinked`: the pairs are links of the ids that they name.
 */
async function judge(context: PlanContext, lead: Lead, pairs: string, isLinked = true): Promise<void> {
  const users = context.staging.incoming.users;
  const hasOtherName = "(lower(u.given_name), lower(u.family_name)) <> (lower(a.given_name), lower(a.family_name))";
  const hasOther = (column: string) => `coalesce(u.${column} <> a.${column}, false)`;
  const [number, email] = [hasOther("student_number"), hasOther("email")];
  const { provenSuspects } = context.staging.work;
  const knownFromSis = `(
      select distinct record_id from source_records
      where district_id = ${context.district} and collection = 'users' and record_id is not null)`;
  // Whether an id has gone over to somebody else, what admins edited says nothing about.
  const accounts = lead === "id" ? rosterWithoutEdits(context, "account") : rosterOf(context, "account");
  const inOwnWords = lead === "id" && isLinked ? accountsInOwnWords(context) : null;
  // The pairs that equal values do not put beyond doubt, with both persons' values, and whether a SIS has, or had, the
  // account.
  const count = await fill(
    context,
    "suspects",
    `select
      u.external_id,
      a.id as record_id,
      ${shownColumns.map((c) => `a.${c}`).join(", ")},
      ${shownColumns.map((c) => `u.${c}`).join(", ")},
      ${lead === "id" ? "true" : "k.record_id is not null"} as is_from_sis
    from (${pairs}) c
    join ${users} u on u.external_id = c.external_id
    join ${inOwnWords ?? accounts} a on a.id = c.record_id${inOwnWords ? " and a.external_id = c.external_id" : ""}
    ${lead === "id" ? "" : `left join ${knownFromSis} k on k.record_id = a.id`}
    where (${number} and ${email})
      or (${hasOtherName}
        and (${number}
          or ${email}
          or not coalesce(${confirmedBy[lead]}, false)))`,
  );
  if (count > 0) {
    await execute(context, clearing(context.staging, provenSuspects));
    await findAmongSuspects(context, lead);
    if (inOwnWords) await showAccounts(context, accounts);
    // The suspects that the rule proved, with what is shown of both; an admin's decision about just that is joined.
    await addTo(
      context,
      "takeovers",
      `select s.external_id, s.record_id, '${lead}', s.before, s.after, s.evidence, d.verdict
      from ${asShown(context)} s
      join ${provenSuspects} f using (external_id, record_id)
      ${decisionsAbout(context, "s")}
      where d.verdict is distinct from 'same-person'`,
    );
  }
}

/**
 * Accounts as an id of this SIS is compared with them, where others supply part of a name, number or address that this
 * one supplies the rest of: of that part what the SIS itself said when the record was last placed, since what another
 * SIS says neither contradicts nor confirms whose id it is. Null: all is compared with the account. A record that was
 * not placed since it changed is compared with the account as it is.
 */
function accountsInOwnWords(context: PlanContext): string | null {
  if (!context.ownOrders.has("account")) return null;
  const { joins, byOthers } = suppliersOf(context, "account", "e.id");
  const isPlaced = "l.fate = 'rostered' and l.hash is not null";
  const saidOf = (column: string) => `case when ${byOthers(column) ?? "false"} and ${isPlaced} then l.${column} else e.${column} end`;
  return `(
      select e.id, l.external_id,
        ${shownColumns.map((column) => `${saidOf(column)} as ${column}`).join(",\n        ")}
      from ${linksOf(context, "account")} l
      join ${rosterWithoutEdits(context, "account")} e on e.id = l.record_id
      ${joins})`;
}

/** Of the suspects that the rule proved, has the account's own values again: those are shown. */
async function showAccounts(context: PlanContext, accounts: string): Promise<void> {
  await fill(
    context,
    "suspects",
    `select u.external_id, a.id, ${valuesOf("a").join(", ")}, ${valuesOf("u").join(", ")}, true
    from ${context.staging.work.provenSuspects} f
    join ${context.staging.incoming.users} u on u.external_id = f.external_id
    join ${accounts} a on a.id = f.record_id`,
  );
}

/** The suspects with what is shown of both persons, and the evidence that a decision is remembered for. */
function asShown(context: PlanContext): string {
  const [before, after] = ["a", "u"].map((who) => shownColumns.map((column) => `s.${who}_${column}`)) as [string[], string[]];
  return `(
        select
          s.external_id,
          s.record_id,
          ${objectOf(before)} as before,
          ${objectOf(after)} as after,
          ${evidenceOf("s.external_id", "s.record_id", before, after)} as evidence
        from ${context.staging.work.suspects} s)`;
}

const decisionsAbout = (context: PlanContext, alias: string) => `left join match_decisions d
        on ${ownDecisions(context)}
        and d.external_id = ${alias}.external_id
        and d.evidence = ${alias}.evidence`;

/**
 * Of `pairs` (external_id, record_id) of one name fills the work table `namesakes` with those of whom the rest does not say that it is
 * somebody else, and whether an admin said that it is the same.
 */
export async function judgeNamesakes(context: PlanContext, pairs: string): Promise<void> {
  const { suspects, provenSuspects } = context.staging.work;
  await withoutLoops(context, () =>
    fill(
      context,
      "suspects",
      `select u.external_id, a.id, ${valuesOf("a").join(", ")}, ${valuesOf("u").join(", ")}, true
    from (${pairs}) c
    join ${context.staging.incoming.users} u on u.external_id = c.external_id
    join ${rosterWithoutEdits(context, "account")} a on a.id = c.record_id`,
    ),
  );
  await execute(context, clearing(context.staging, provenSuspects));
  await findAmongSuspects(context, "id");
  await fill(
    context,
    "namesakes",
    `select s.external_id, s.record_id, s.before, s.after, s.evidence, d.verdict is not distinct from 'same-person'
    from ${asShown(context)} s
    ${decisionsAbout(context, "s")}
    where not exists (
      select from ${provenSuspects} f where f.external_id = s.external_id and f.record_id = s.record_id)`,
  );
  await execute(context, clearing(context.staging, suspects));
}

interface Suspect extends Evidence {
  readonly externalId: string;
  readonly recordId: string;
  readonly isFromSis: boolean;
  readonly accountGivenName: string;
  readonly accountFamilyName: string;
  readonly accountEmail: string | null;
  readonly accountStudentNumber: string | null;
}

async function findAmongSuspects(context: PlanContext, lead: Lead): Promise<void> {
  await execute(
    context,
    `declare each_suspect no scroll cursor for
    select
      external_id as "externalId", record_id as "recordId", is_from_sis as "isFromSis",
      u_given_name as "givenName", u_family_name as "familyName",
      u_email as email, u_student_number as "studentNumber",
      a_given_name as "accountGivenName", a_family_name as "accountFamilyName",
      a_email as "accountEmail", a_student_number as "accountStudentNumber"
    from ${context.staging.work.suspects} s`,
  );
  for (;;) {
    const suspects = await context.sql.unsafe<Suspect[]>(`fetch ${judgedAtOnce} from each_suspect`);
    if (suspects.length === 0) break;
    const found = suspects.filter((suspect) => isSomebodyElse(accountOf(suspect), suspect, lead, suspect.isFromSis));
    await context.sql`
      insert into ${context.sql(tableOf(context.staging.work.provenSuspects))} (external_id, record_id)
      select * from unnest(
        ${found.map((one) => one.externalId)}::text[],
        ${found.map((one) => one.recordId)}::uuid[])
      ${context.sql.unsafe(byInsert)}`;
  }
  await execute(context, "close each_suspect");
}

function accountOf({ accountGivenName, accountFamilyName, accountEmail, accountStudentNumber }: Suspect): Evidence {
  return { givenName: accountGivenName, familyName: accountFamilyName, email: accountEmail, studentNumber: accountStudentNumber };
}

/**
 * Of those with a link of their own: a takeover waits; where an admin said that it is somebody else, the id is matched
 * afresh. Of whom other integrations supply every value is not judged: they are not this one's to compare with, nor does
 * it change them.
 */
export async function withholdLinked(context: PlanContext): Promise<void> {
  const matches = context.staging.accountMatches;
  const { joins, allByOthers } = suppliersOf(context, "account", "m.record_id");
  await judge(
    context,
    "id",
    `select m.external_id, m.record_id from ${matches} m
    join ${linksOf(context, "account")} l on l.external_id = m.external_id
    ${joins}
    where m.conflict is null
      and m.external_id not in (
        select external_id from ${context.staging.work.decided} d
        where verdict in ('same-person', 'asked-again'))
      and not (${allByOthers})`,
  );
  await askAgain(context);
  await execute(
    context,
    `update ${tableOf(matches)} m set
      conflict = case when t.verdict is null then 'match-takeover' end,
      other_ids = case when t.verdict is null then array[t.record_id] end,
      record_id = case when t.verdict is null then t.record_id end,
      left_id = case when t.verdict is not null then t.record_id end
    from ${context.staging.work.takeovers} t
    where ${isOwn(context.staging, "m")} and t.external_id = m.external_id`,
  );
}

/** Whose account an id leads to and an admin asked about again: it waits, whatever the evidence. */
async function askAgain(context: PlanContext): Promise<void> {
  const [before, after] = ["a", "u"].map((alias) => valuesOf(alias)) as [string[], string[]];
  await addTo(
    context,
    "takeovers",
    `select u.external_id, a.id, 'id', ${objectOf(before)}, ${objectOf(after)},
      ${evidenceOf("u.external_id", "a.id", before, after)}, null
    from ${context.staging.work.decided} d
    join ${context.staging.accountMatches} m on m.external_id = d.external_id
    join ${context.staging.incoming.users} u on u.external_id = d.external_id
    join ${rosterOf(context, "account")} a on a.id = m.record_id and a.id = any (d.ids)
    where d.verdict = 'asked-again' and m.conflict is null and m.left_id is null`,
  );
}

/** Of those just matched by an address, a number or the id of before: a takeover waits, and what it may be is nobody else's. */
export async function withholdMatched(context: PlanContext, matchedBy: "email" | "student-number" | "legacy-id"): Promise<void> {
  const matches = context.staging.accountMatches;
  const lead = matchedBy === "legacy-id" ? "id" : matchedBy;
  await judge(
    context,
    lead,
    `select external_id, record_id from ${matches} m
    where matched_by = '${matchedBy}' and record_id is not null and conflict is null`,
    false,
  );
  await execute(
    context,
    `update ${tableOf(matches)} m set
      conflict = 'match-takeover',
      other_ids = array[t.record_id],
      record_id = null
    from ${context.staging.work.takeovers} t
    where ${isOwn(context.staging, "m")}
      and t.external_id = m.external_id
      and t.lead = '${lead}'
      and m.matched_by = '${matchedBy}'`,
  );
}

/** The ids whose takeover waits, or that are left out, although they are linked, as a query of external_id and record_id. */
function withheldLinks(context: Pick<PlanContext, "staging">): string {
  return `select external_id, record_id from ${context.staging.accountMatches} m
      where (conflict = 'match-takeover' and matched_by is null)
        or (conflict = 'match-ignored' and record_id is not null)`;
}

/**
 * Both persons as an issue. The account stays as it is in all: no class is taken from it while it is not known who it
 * is.
 */
export async function endTakeovers(context: PlanContext): Promise<void> {
  const { staging } = context;
  const users = staging.incoming.users;
  await insertIssues(
    context,
    "match-takeover",
    "users",
    "nothing of this record; the account in Aivo stays as it was",
    `select u.external_id, u.part, u.position, array[t.record_id] as record_ids,
      case t.lead
        when 'email' then 'email'
        when 'student-number' then 'identifier'
        else 'sourcedId'
      end as field,
      case t.lead
        when 'email' then u.email
        when 'student-number' then u.student_number
        else u.external_id
      end as value,
      jsonb_build_object('lead', t.lead, 'evidence', t.evidence, 'before', t.before, 'after', t.after) as conflict
    from ${staging.work.takeovers} t
    join ${users} u using (external_id)
    where t.verdict is null`,
    { hasConflict: true },
  );
  await keepClassesOf(context, `(${withheldLinks(context)})`);
}

/** Of whom it is not known who they are, `accounts` (record_id), no membership ends. */
export async function keepClassesOf(context: Pick<PlanContext, "sql" | "staging" | "district">, accounts: string): Promise<void> {
  await execute(
    context,
    `delete from ${tableOf(context.staging.endedLinks)} x using ${accounts} w, memberships e
    where ${isOwn(context.staging, "x")}
      and x.entity = 'membership'
      and e.district_id = ${context.district}
      and e.id = x.record_id
      and e.account_id = w.record_id`,
  );
}
