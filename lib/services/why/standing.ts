import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { WithheldCause } from "#lib/roster/guard.ts";
import type { HistoryEntry, RecordEdits } from "#lib/services/edits/schema.ts";
import { fieldLabel } from "#lib/services/runs/fields.ts";
import { causeTitle } from "#lib/services/withheld/words.ts";
import { deactivatingSync, lastChange } from "./last-change.ts";
import type { WhyLink } from "./schema.ts";
import { issueLink, noLink } from "./sources.ts";
import type { ToldIssue } from "./told.ts";

/** An account as its chain needs it. Times as the database writes them. */
export interface Standing {
  readonly id: string;
  readonly role: "admin" | "teacher" | "learner";
  readonly status: "active" | "deactivated";
  readonly deactivatedBy: "sync" | "admin" | null;
  readonly deactivatedAt: string | null;
  readonly barredAt: string | null;
  readonly createdAt: string;
}

/** What holds of an account whatever a SIS says: whether it is in use, what admins decided, what waits, and the last change. */
export async function standingLinks(tx: Tx, account: Standing, edits: RecordEdits, isFromSis: boolean): Promise<readonly WhyLink[]> {
  return [
    await statusLink(tx, account, edits),
    signInLink(account, edits),
    ...keptLinks(edits),
    ...(await withheldLinks(tx, account.id)),
    ...(await claimLinks(tx, account.id)),
    await lastChange(tx, { recordId: account.id, createdAt: account.createdAt, isFromSis }, edits),
  ];
}

const decided = ({ history }: RecordEdits, actions: readonly string[]): HistoryEntry | undefined =>
  history.find(({ action }) => actions.includes(action));
const because = (entry: HistoryEntry | undefined) => (entry?.reason ? `: “${entry.reason}”` : "");

async function statusLink(tx: Tx, account: Standing, edits: RecordEdits): Promise<WhyLink> {
  const about = { link: "account", title: "In Aivo" } as const;
  const page = pageOf(account);
  if (account.status === "active") {
    const last = decided(edits, ["reactivated", "deactivated", "status-released"]);
    const isByHand = last?.action === "reactivated" && edits.sisStatus === "deactivated";
    const says = isByHand ? `Active, although no SIS has them any more: ${last.actor} reactivated them.` : "The account is active.";
    return { ...about, state: "holds", says, remedy: null, at: isByHand ? last.at : null, more: page };
  }
  const at = account.deactivatedAt === null ? null : new Date(account.deactivatedAt).toISOString();
  if (account.deactivatedBy === "admin") {
    const entry = decided(edits, ["deactivated"]);
    return {
      ...about,
      state: "breaks",
      says: `The account was deactivated by ${entry?.actor ?? "an admin"}${because(entry)}. No sync brings it back.`,
      remedy: "Reactivate them on their page, or give the status back to the SIS.",
      at: entry?.at ?? at,
      more: page,
    };
  }
  const sync = await deactivatingSync(tx, account.id);
  return {
    ...about,
    state: "breaks",
    says: sync === null ? "The account was deactivated by a sync." : `The account was deactivated by ${lowerFirst(sync.says)}.`,
    remedy: "Bring them back in the SIS, or reactivate them on their page.",
    at: sync?.at ?? at,
    more: sync?.more ?? page,
  };
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function pageOf({ id, role }: Standing): WhyLink["more"] {
  return role === "admin" ? null : { label: "Their page", to: { kind: role, id } };
}

function signInLink(account: Standing, edits: RecordEdits): WhyLink {
  const about = { link: "sign-in", title: "Signing in" } as const;
  if (account.barredAt === null) return { ...about, ...noLink, state: "holds", says: "No admin bars them from signing in." };
  const entry = decided(edits, ["barred"]);
  return {
    ...about,
    state: "breaks",
    says: `Barred from signing in by ${entry?.actor ?? "an admin"}${because(entry)}.`,
    remedy: "Allow them to sign in on their page.",
    at: new Date(account.barredAt).toISOString(),
    more: pageOf(account),
  };
}

/** Values that an admin gave and that stay whatever the SIS says. The status has a link of its own. */
function keptLinks({ edits }: RecordEdits): WhyLink[] {
  return edits
    .filter(({ field }) => field !== "status")
    .map(({ label, value, sisValue, isSame, editedBy, editedAt }) => ({
      link: "edit",
      title: "Edited in Aivo",
      state: "told" as const,
      says: `${label} is “${value ?? "blank"}” by ${editedBy ?? "the operator"}; ${isSame ? "the SIS has come to say the same" : `the SIS says “${sisValue ?? "blank"}”`}.`,
      remedy: isSame ? null : "Release the edit on their page if the SIS is right.",
      at: editedAt,
      more: null,
    }));
}

/** What the SIS says of the record and an admin has not approved, or has refused. */
export async function withheldLinks(tx: Tx, recordId: string): Promise<WhyLink[]> {
  const rows = await tx.sql<
    {
      integrationId: string;
      integrationName: string;
      field: string;
      cause: WithheldCause;
      at: string;
      isRefused: boolean;
      reason: string | null;
    }[]
  >`
    select w.integration_id as "integrationId", n.name as "integrationName", w.field, w.cause,
      coalesce(w.refused_at, w.opened_at) as at,
      w.refused_at is not null as "isRefused", w.reason
    from withheld_records w
    join integrations n on n.district_id = ${tx.districtId} and n.id = w.integration_id
    where w.district_id = ${tx.districtId} and w.record_id = ${recordId}
    order by w.opened_at, w.field`;
  return rows.map(({ integrationId, integrationName, field, cause, at, isRefused, reason }) => {
    const what = field === "" ? "that they leave" : `another ${fieldLabel(field)}`;
    return {
      link: "withheld",
      title: isRefused ? "Refused" : "Waits for an admin",
      state: "told",
      says: isRefused
        ? `${integrationName} says ${what}. An admin refused it${reason === null ? "" : `: “${reason}”`}.`
        : `${integrationName} says ${what}. It is withheld: ${causeTitle(cause)}.`,
      remedy: isRefused ? null : "Approve or refuse it.",
      at: new Date(at).toISOString(),
      more: { label: "What is withheld", to: { kind: "withheld", integrationId } },
    };
  });
}

/** Other records of a SIS that may be this account: conflicts of which it is the other side. */
export async function claimLinks(tx: Tx, accountId: string): Promise<WhyLink[]> {
  const rows = await tx.sql<
    (ToldIssue & { integrationId: string; provider: ProviderId; externalId: string | null; name: string | null })[]
  >`
    select i.seq::float8 as seq, i.code, i.severity, i.opened_run_id as "runId", i.opened_at as since,
      i.opened_number as "openedNumber", true as "asksWho",
      i.integration_id as "integrationId", n.provider, i.external_id as "externalId",
      nullif(btrim(concat_ws(' ', m.given_name, m.family_name)), '') as name
    from issues i
    join integrations n on n.district_id = ${tx.districtId} and n.id = i.integration_id and n.state <> 'removed'
    left join source_records m
      on m.district_id = ${tx.districtId} and m.integration_id = i.integration_id
        and m.collection = 'users' and m.external_id = i.key
    where i.district_id = ${tx.districtId} and i.collection = 'users' and i.severity = 'error'
      and i.record_ids @> array[${accountId}]::uuid[]
      and m.record_id is distinct from ${accountId}
    order by i.seq limit 10`;
  return rows.map((row) => ({
    link: "claimed",
    title: "May be theirs",
    state: "told",
    says: `${row.name ?? "A record"} (${row.externalId ?? "no id"}) of the SIS may be this account: ${definitionIn(row.provider, row.code).title}.`,
    remedy: definitionIn(row.provider, row.code).remedy,
    at: new Date(row.since).toISOString(),
    more: issueLink(row, { ...row, since: new Date(row.since).toISOString() }),
  }));
}
