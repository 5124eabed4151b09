import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { GuardFacts } from "#lib/roster/guard/facts.ts";
import type { Finding } from "#lib/roster/guard/finding.ts";
import { type SafetySettings, withDefaults } from "#lib/roster/guard/settings.ts";
import { guard } from "#lib/roster/guard.ts";
import { findExamples } from "./guard-examples.ts";
import type { Lease } from "./lease.ts";

export interface Judgement {
  readonly verdict: "apply" | "hold";
  /** In sentences; null: nothing does. */
  readonly heldBecause: string[] | null;
  readonly findings: readonly Finding[];
}

/** The guard's verdict on a plan, each finding with changes of the run as examples. */
export async function judge(db: Database, lease: Lease, facts: GuardFacts, safety: Partial<SafetySettings>): Promise<Judgement> {
  const { verdict, findings } = guard(facts, withDefaults(safety));
  const { districtId, id } = lease.run;
  const shown = findings.length === 0 ? [] : await withDistrict(db, workerScope(districtId), (tx) => findExamples(tx, id, findings));
  const holding = shown.filter(({ level }) => level === "hold");
  return { verdict, heldBecause: holding.length === 0 ? null : holding.map(({ sentence }) => sentence), findings: shown };
}
