import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { RunTrace } from "#lib/services/runs/schema.ts";
import { tookInWords } from "./scale.ts";

type Wait = RunTrace["waits"][number];

const causeWords: Record<Wait["cause"], string> = {
  "rate-limit": "the SIS asked Aivo to wait",
  "cut-off": "cut off",
  "no-answer": "no answer",
  "server-error": "the SIS answered with an error",
  unreadable: "an answer that could not be read",
  changing: "written a moment before, so looked at again",
};

const isRetry = ({ cause }: Wait) => cause !== "rate-limit" && cause !== "changing";

/** "cut off at row 1,204, read on after 1.4 s"; several of one cause in one line. `until`: when the run ended, or now, in milliseconds. */
export function waitsInWords(waits: readonly Wait[], until: number): readonly string[] {
  return [...Map.groupBy(waits, ({ cause }) => cause)].map(([cause, all]) => {
    const seconds = all.reduce((sum, { from, to }) => sum + ((to ?? until) - from), 0) / 1000;
    const [first] = all;
    if (all.length > 1) return `${causeWords[cause]}, ${formatNumber(all.length)} times; waited ${tookInWords(seconds)}`;
    const where = first?.rows && isRetry(first) ? ` at row ${formatNumber(first.rows)}` : "";
    return first?.to === null
      ? `${causeWords[cause]}${where}; waiting`
      : `${causeWords[cause]}${where}, read on after ${tookInWords(seconds)}`;
  });
}

/** "1 retry", "2 retries, 1 wait"; null where nothing was waited for. */
export function retriesInWords(trace: Pick<RunTrace, "waits" | "waitCount"> | null): string | null {
  if (trace === null || trace.waitCount === 0) return null;
  const kept = trace.waits.filter(isRetry).length;
  // Those that are not kept came when the SIS was at its worst.
  const retries = kept + (kept > 0 ? trace.waitCount - trace.waits.length : 0);
  const others = trace.waitCount - retries;
  return [...(retries > 0 ? [formatCount(retries, "retry", "retries")] : []), ...(others > 0 ? [formatCount(others, "wait")] : [])].join(
    ", ",
  );
}
