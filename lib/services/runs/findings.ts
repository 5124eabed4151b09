import type { Tx } from "#lib/platform/db/tx.ts";
import { hasWaitingPlan } from "#lib/platform/db/waiting-plans.ts";
import { detectors } from "#lib/roster/guard/detectors.ts";
import type { Finding } from "#lib/roster/guard/finding.ts";
import { inWords, type StoredChange } from "./change-words.ts";
import type { FindingView, RunState } from "./schema.ts";

/** What the guard said of a run, with who its examples are about; one look by key for all of them. */
export async function findingsInWords(
  tx: Tx,
  run: { readonly id: string; readonly state: RunState },
  findings: readonly Finding[],
): Promise<FindingView[]> {
  const seqs = findings.flatMap(({ examples }) => examples);
  const rows =
    seqs.length === 0
      ? []
      : await tx.sql<StoredChange[]>`
          select c.seq, c.entity, c.action, c.record_id as "recordId", c.external_id as "externalId", c.reason, c.before, c.after
          from run_changes c where c.district_id = ${tx.districtId} and c.run_id = ${run.id} and c.seq = any(${seqs}::bigint[])`;
  const isWaiting = run.state === "held" || run.state === "previewed";
  const changes =
    rows.length === 0
      ? []
      : await inWords(tx, { id: run.id, hasPlan: isWaiting && (await hasWaitingPlan(tx.sql, tx.districtId, run.id)) }, rows);
  return findings.map(({ detector, level, sentence, numbers, check, examples }) => ({
    detector,
    title: detectors[detector]?.title ?? detector,
    level,
    sentence,
    numbers,
    check,
    examples: changes.filter(({ seq }) => examples.includes(seq)),
  }));
}
