import { entities } from "./canonical.ts";
import { type DetectorId, detectorIds } from "./guard/detector-ids.ts";
import { type Detector, detectors } from "./guard/detectors.ts";
import type { GuardFacts } from "./guard/facts.ts";
import type { Doubt, Finding, NewFinding } from "./guard/finding.ts";
import type { SafetySettings } from "./guard/settings.ts";

/**
 * Why something is withheld: a detector, that the admin wants nothing to be taken away, that it was left out when a plan was approved, or that
 * its approval was taken back.
 */
export const withheldCauses = [...detectorIds, "additions-only", "left-out", "taken-back"] as const;
export type WithheldCause = (typeof withheldCauses)[number];

/** What is in doubt, and because of what. */
export interface Doubted {
  readonly cause: WithheldCause;
  readonly doubt: Doubt;
}

/** What an integration's settings have in doubt before anything is planned. */
export function standingDoubts({ additionsOnly }: SafetySettings): readonly Doubted[] {
  return additionsOnly ? [{ cause: "additions-only", doubt: { what: "withdrawals", entities } }] : [];
}

/** Whether a plan may be applied, is to be made again without what is in doubt, or waits for an admin; and what the detectors have to say of it. */
export interface Verdict {
  readonly verdict: "apply" | "withhold" | "hold";
  readonly findings: readonly Finding[];
  /** Of `withhold`: what is in doubt beyond what the plan leaves out already. */
  readonly doubts: readonly Doubted[];
}

/**
 * Asks every detector. What one of them holds is withheld from the plan, if the admin wants that and the detector can tell what it is: the
 * plan is made again without it, and asked about again. Otherwise one finding is enough for the whole plan to wait. `withheld`: what this
 * plan was made without. Examples are added by whoever can read them.
 */
export function guard(facts: GuardFacts, settings: SafetySettings, withheld: readonly Doubted[] = []): Verdict {
  const findings = detectorIds.flatMap((id) => detectors[id].judge(facts, settings).map((found) => named(id, found)));
  const holding = findings.filter(({ level }) => level === "hold");
  if (!settings.withholdDoubtful) return { verdict: holding.length > 0 ? "hold" : "apply", findings, doubts: [] };

  const known = new Set(withheld.map(({ doubt }) => JSON.stringify(doubt)));
  const answers = holding.map((finding) => answerTo(finding, known));
  if (answers.includes("hold")) return { verdict: "hold", findings, doubts: [] };
  const doubts = answers.flatMap((answer) => (answer === "hold" ? [] : answer));
  const told = findings.map((finding) => (finding.level === "hold" ? { ...finding, level: "withhold" as const } : finding));
  return { verdict: doubts.length > 0 ? "withhold" : "apply", findings: told, doubts };
}

/** What more is to be withheld because of a finding; "hold" where that does not help. */
function answerTo({ detector, doubts = [], furtherDoubts = [] }: Finding, known: ReadonlySet<string>): readonly Doubted[] | "hold" {
  const { isSettledByWithholding }: Detector = detectors[detector];
  if (doubts.length === 0 && furtherDoubts.length === 0) return "hold";
  const isNews = (doubt: Doubt) => !known.has(JSON.stringify(doubt));
  const news = doubts.some(isNews) ? doubts.filter(isNews) : isSettledByWithholding ? [] : furtherDoubts.filter(isNews);
  if (news.length === 0 && !isSettledByWithholding) return "hold";
  return news.map((doubt) => ({ cause: detector, doubt }));
}

function named(detector: DetectorId, { level = "hold", ...found }: NewFinding): Finding {
  return { detector, level, ...found, examples: [] };
}
