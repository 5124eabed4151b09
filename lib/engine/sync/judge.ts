import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { GuardFacts } from "#lib/roster/guard/facts.ts";
import type { Finding } from "#lib/roster/guard/finding.ts";
import type { SafetySettings } from "#lib/roster/guard/settings.ts";
import { type Doubted, guard, type Verdict } from "#lib/roster/guard.ts";
import { findExamples } from "./guard-examples.ts";
import type { Lease } from "./lease.ts";

export interface Judgement {
  readonly verdict: Verdict["verdict"];
  readonly doubts: readonly Doubted[];
  /** In sentences; null: nothing does. */
  readonly heldBecause: string[] | null;
  readonly findings: readonly Finding[];
}

/** The guard's verdict on a plan that was made without what is `withheld`, each finding with changes of the run as examples. */
export async function judge(
  db: Database,
  lease: Lease,
  facts: GuardFacts,
  safety: SafetySettings,
  withheld: readonly Doubted[],
): Promise<Judgement> {
  const { verdict, findings, doubts } = guard(facts, safety, withheld);
  const { districtId, id } = lease.run;
  // What is withheld is not among the changes of the run.
  const withExamples = (tx: Tx) => findExamples(tx, id, findings, ({ level }) => level !== "withhold");
  const shown = findings.length === 0 ? [] : await withDistrict(db, workerScope(districtId), withExamples);
  const holding = shown.filter(({ level }) => level === "hold");
  return { verdict, doubts, heldBecause: holding.length === 0 ? null : holding.map(({ sentence }) => sentence), findings: shown };
}
