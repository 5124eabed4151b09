import type { KeyObject } from "node:crypto";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { verifyAudit } from "#lib/platform/audit.ts";
import { type Head, readAnchor } from "#lib/platform/crypto/anchors.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { listDeletedDistricts } from "#lib/services/districts/delete.ts";
import { listDistricts } from "#lib/services/districts/read.ts";
import type { Services } from "#lib/services/services.ts";

const comparedAtOnce = 1_000;

/** What anchors say of one district, against what its log has now. */
export interface AnchoredDistrict {
  readonly districtId: string;
  /** Null: there is no such district any more. */
  readonly name: string | null;
  readonly anchors: number;
  /** The furthest that its log went. */
  readonly anchoredSeq: number;
  readonly anchoredAt: string;
  /** The entries at the end that were there and are gone. */
  readonly gone: { readonly from: number; readonly to: number } | null;
  /** The first anchored entry that is another one now. */
  readonly exchangedAt: number | null;
  /** deleted: with its district, by the operator. vanished: with its district, and nothing says by whom. */
  readonly state: "whole" | "cut-off" | "exchanged" | "deleted" | "vanished";
}

export interface AnchorVerification {
  readonly ok: boolean;
  readonly districts: readonly AnchoredDistrict[];
  readonly anchors: number;
  readonly forged: number;
  readonly ofUnknownKeys: number;
  /** Lines that begin like an anchor and are none, as the last one of a worker that died. */
  readonly unreadable: number;
}

/**
 * Compares anchors that were kept outside with the logs: each signature, whether each anchored entry is still there with its hash, and what is
 * gone at the end. It reads the anchors line by line, and holds of each district no more than its furthest. That the logs are whole up to their ends is told by verifyLogs.
 * @param only the district that is asked about; null: all
 */
export async function verifyAnchors(
  services: Services,
  lines: AsyncIterable<string>,
  keys: ReadonlyMap<string, KeyObject>,
  only: string | null,
): Promise<AnchorVerification> {
  const found = new Map<string, Standing>();
  const counts = { anchors: 0, forged: 0, ofUnknownKeys: 0, unreadable: 0 };
  let waiting: Head[] = [];
  const compare = async () => {
    await compareHeads(services, waiting, found);
    waiting = [];
  };
  for await (const line of lines) {
    // Syslog's files have others' lines, too.
    if (!line.includes('"anchor":')) continue;
    const read = readAnchor(line, keys);
    if (read.state === "unreadable") counts.unreadable += 1;
    else if (only !== null && read.head.districtId !== only) continue;
    else if (read.state === "forged") counts.forged += 1;
    else if (read.state === "unknown-key") counts.ofUnknownKeys += 1;
    else {
      counts.anchors += 1;
      if (waiting.push(read.head) === comparedAtOnce) await compare();
    }
  }
  await compare();
  const districts = await judge(services, found);
  const isWhole = districts.every(({ state }) => state === "whole" || state === "deleted");
  return { ok: isWhole && counts.anchors > 0 && counts.forged + counts.ofUnknownKeys === 0, districts, ...counts };
}

interface Standing {
  anchors: number;
  furthest: Head;
  exchangedAt: number | null;
}

async function compareHeads({ db }: Services, heads: readonly Head[], found: Map<string, Standing>): Promise<void> {
  if (heads.length === 0) return;
  const rows = await db.sql<{ districtId: string; seq: string; hash: string }[]>`
    select e.district_id as "districtId", e.seq, e.hash
    from audit_entries e
    join (select distinct * from unnest(${heads.map(({ districtId }) => districtId)}::uuid[], ${heads.map(({ seq }) => seq)}::bigint[]) v (district_id, seq)) v
      on v.district_id = e.district_id and v.seq = e.seq`;
  const hashes = new Map(rows.map(({ districtId, seq, hash }) => [`${districtId}:${seq}`, hash]));
  for (const head of heads) {
    const standing = found.get(head.districtId) ?? { anchors: 0, furthest: head, exchangedAt: null };
    standing.anchors += 1;
    if (head.seq > standing.furthest.seq) standing.furthest = head;
    const hash = hashes.get(`${head.districtId}:${head.seq}`);
    if (hash !== undefined && hash !== head.hash) standing.exchangedAt = Math.min(head.seq, standing.exchangedAt ?? head.seq);
    found.set(head.districtId, standing);
  }
}

async function judge(services: Services, found: ReadonlyMap<string, Standing>): Promise<readonly AnchoredDistrict[]> {
  const [present, deleted] = await Promise.all([listDistricts(services), listDeletedDistricts(services)]);
  const names = new Map(present.map(({ id, name }) => [id, name]));
  const ended = new Set(deleted.map(({ id }) => id));
  const lasts = await services.db.sql<{ id: string; seq: string }[]>`
    select district_id as id, max(seq) as seq from audit_entries where district_id = any(${[...found.keys()]}::uuid[]) group by 1`;
  const last = new Map(lasts.map(({ id, seq }) => [id, Number(seq)]));
  return [...found].map(([districtId, { anchors, furthest, exchangedAt }]) => {
    const to = last.get(districtId) ?? 0;
    const isDeleted = ended.has(districtId);
    const gone = !isDeleted && furthest.seq > to ? { from: to + 1, to: furthest.seq } : null;
    const state = isDeleted
      ? ("deleted" as const)
      : !names.has(districtId)
        ? ("vanished" as const)
        : exchangedAt !== null
          ? ("exchanged" as const)
          : gone
            ? ("cut-off" as const)
            : ("whole" as const);
    const name = names.get(districtId) ?? null;
    return { districtId, name, anchors, anchoredSeq: furthest.seq, anchoredAt: furthest.at, gone, exchangedAt, state };
  });
}

export interface VerifiedLog {
  readonly districtId: string;
  readonly name: string;
  readonly entries: number;
  readonly brokenAt: number | null;
}

/** Recomputes the chains of all districts, or of one. Of one that is being deleted part of the log is gone. */
export async function verifyLogs(services: Services, only: string | null): Promise<readonly VerifiedLog[]> {
  const wanted = (await listDistricts(services)).filter((one) => (only === null ? one.deletingAt === null : one.id === only));
  const verified: VerifiedLog[] = [];
  for (const { id, name } of wanted) {
    const scope: DistrictScope = operatorScope(id);
    verified.push({ districtId: id, name, ...(await withDistrict(services.db, scope, verifyAudit)) });
  }
  return verified;
}
