import type { Database } from "#lib/platform/db/client.ts";
import { clearPlan } from "#lib/platform/db/staging-pool.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { Finding } from "#lib/roster/guard/finding.ts";
import { type Doubted, standingDoubts } from "#lib/roster/guard.ts";
import { type Judgement, judge } from "./judge.ts";
import type { Lease } from "./lease.ts";
import { makePlan, type PlanInput } from "./make-plan.ts";

type Made = Awaited<ReturnType<typeof makePlan>>;
/** What is known of a read before anything is planned. */
export type Readied = Omit<PlanInput, "doubts" | "releases">;

export interface JudgedPlan extends Pick<Judgement, "heldBecause" | "findings"> {
  readonly planned: Made;
  readonly verdict: "apply" | "hold";
}

/** What is withheld may bring something else to light, which is then withheld as well; not without end. */
const maxRounds = 5;

/**
 * Makes a plan that may be applied: without what the guard finds in doubt, where the integration's settings have that
 * withheld; or the whole plan, for an admin to decide on. With `releases`, what an admin has approved for this run is in
 * it, and not judged again; the rest is judged first, as if that still waited.
 */
export async function makeJudgedPlan(db: Database, lease: Lease, input: Readied, releases: boolean): Promise<JudgedPlan> {
  const { safety } = input;
  const standing = standingDoubts(safety);
  const { doubts, told, ...judged } = await settleDoubts(db, lease, input, standing);
  if (releases) {
    if (judged.verdict === "hold") throw somethingElseIsInDoubt();
    await clearPlan(db.sql, input.settled.staging);
    return { ...judged, planned: await makePlan(db, lease, { ...input, doubts, releases }), findings: told };
  }
  if (judged.verdict === "apply" || doubts.length === standing.length) return { ...judged, findings: told };
  // Without what is in doubt it is no better: the admin sees all of it.
  await clearPlan(db.sql, input.settled.staging);
  const planned = await makePlan(db, lease, { ...input, doubts: standing, releases: false });
  lease.enter("guard");
  return { planned, ...(await judge(db, lease, planned.facts, { ...safety, withholdDoubtful: false }, standing)), verdict: "hold" };
}

/** Plans until nothing more is in doubt, or nothing helps. `told`: what was found on the way. */
async function settleDoubts(db: Database, lease: Lease, input: Readied, standing: readonly Doubted[]) {
  const told = new Map<string, Finding>();
  let doubts = standing;
  for (let round = 1; ; round++) {
    const planned = await makePlan(db, lease, { ...input, doubts, releases: false });
    lease.enter("guard");
    const { verdict, findings, heldBecause, doubts: more } = await judge(db, lease, planned.facts, input.safety, doubts);
    for (const finding of findings) told.set(`${finding.detector} ${JSON.stringify(finding.subject)}`, finding);
    const isSettled = verdict !== "withhold";
    if (isSettled || round === maxRounds) {
      return { planned, verdict: verdict === "apply" ? verdict : ("hold" as const), heldBecause, doubts, told: [...told.values()] };
    }
    doubts = [...doubts, ...more];
    await clearPlan(db.sql, input.settled.staging);
  }
}

function somethingElseIsInDoubt(): RunFailure {
  return new RunFailure({
    code: "roster-changed",
    step: "guard",
    message: "Something else of this integration is in doubt by now, so what was approved was not applied. Nothing was changed.",
    remedy: "Run a sync, look at what it holds, and approve again.",
  });
}
