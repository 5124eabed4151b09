import { type DetectorId, detectorIds } from "./guard/detector-ids.ts";
import { detectors } from "./guard/detectors.ts";
import type { GuardFacts } from "./guard/facts.ts";
import type { Finding, NewFinding } from "./guard/finding.ts";
import type { SafetySettings } from "./guard/settings.ts";

/** Whether a plan may be applied, or waits for an admin, and what the detectors have to say of it. */
export interface Verdict {
  readonly verdict: "apply" | "hold";
  readonly findings: readonly Finding[];
}

/** Asks every detector. One finding that holds is enough for the whole plan to wait; examples are added by whoever can read them. */
export function guard(facts: GuardFacts, settings: SafetySettings): Verdict {
  const findings = detectorIds.flatMap((id) => detectors[id].judge(facts, settings).map((found) => named(id, found)));
  return { verdict: findings.some(({ level }) => level === "hold") ? "hold" : "apply", findings };
}

function named(detector: DetectorId, { level = "hold", ...found }: NewFinding): Finding {
  return { detector, level, ...found, examples: [] };
}
