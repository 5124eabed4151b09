import { headlineOf, linkedOf, listed, nameOfRun } from "#components/runs/run-words.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { RunCauses } from "#lib/services/runs/causes-schema.ts";
import type { RunDetail, RunTotals } from "#lib/services/runs/schema.ts";

/** What a run that is over came to, said once for everybody. */
export interface RunSentence {
  readonly first: string;
  /** Somebody is harmed until one acts; null: nobody. */
  readonly harm: string | null;
  /** What else does not hold. */
  readonly rest: string | null;
}

export interface OutcomeOf {
  readonly run: RunDetail;
  /** Everybody whom the run changed; null: too many to be counted, or not kept. */
  readonly peopleChanged: number | null;
  readonly causes: Pick<RunCauses, "neverArrived" | "stillSignIn">;
}

/** How many people came, went and were changed; of `changed` those of whom nothing else is said. */
export function peopleTurns(totals: RunTotals, peopleChanged: number | null) {
  const { learner, teacher } = totals;
  const arrived = { learners: learner.created + learner.reactivated, teachers: teacher.created + teacher.reactivated };
  const left = { learners: learner.deactivated, teachers: teacher.deactivated };
  const told = arrived.learners + arrived.teachers + left.learners + left.teachers;
  const changed = peopleChanged === null ? learner.updated + teacher.updated : Math.max(0, peopleChanged - told);
  return { arrived, left, changed };
}

/** The first thing that the page of a run says: what changed for whom, then what does not hold, worst first. */
export function runSentence({ run, peopleChanged, causes }: OutcomeOf): RunSentence {
  const name = nameOfRun(run);
  if (run.state === "failed") return alone(failed(name, run));
  if (run.state === "cancelled") return alone(`${name} was canceled before anything was changed.`);
  if (run.state === "discarded" && run.isExpired)
    return alone(`${name}: nobody decided on the plan in time, so it was dropped. Nothing was changed.`);
  if (run.state === "discarded") return alone(`${name}: the plan was refused, or overtaken by a later sync. Nothing was changed.`);
  if (run.kind === "undo" || run.disconnects || run.state !== "succeeded") return alone(`${name}: ${headlineOf(run)}`);
  if (run.takenBackBy) return alone(`${name}: ${changesOf(run, peopleChanged)} ${nameOfRun(run.takenBackBy)} took it back.`);
  const { stillSignIn, neverArrived } = causes;
  const rest = [
    ...(neverArrived > 0 ? [`${formatNumber(neverArrived)} never arrived`] : []),
    ...(run.withheldCount > 0 ? [`${formatCount(run.withheldCount, "record waits", "records wait")} for a decision`] : []),
  ];
  return {
    first: `${name}: ${changesOf(run, peopleChanged)}`,
    harm: stillSignIn > 0 ? `${formatNumber(stillSignIn)} who left can still sign in` : null,
    rest: rest.length === 0 ? null : `${rest.join("; ")}.`,
  };
}

const alone = (first: string): RunSentence => ({ first, harm: null, rest: null });

/** "4 learners arrived, 2 left, 5 changed." */
function changesOf(run: RunDetail, peopleChanged: number | null): string {
  const { totals } = run;
  if (run.kind !== "approval" && run.sameAsRunId !== null)
    return "nothing changed, for the input was that of an earlier sync, byte for byte.";
  if (totals === null) return "nothing changed.";
  const { arrived, left, changed } = peopleTurns(totals, peopleChanged);
  const parts = [turn(arrived, "arrived", true), turn(left, "left", arrived.learners + arrived.teachers === 0)].filter(
    (one) => one !== null,
  );
  if (changed > 0)
    parts.push(parts.length === 0 ? `${formatCount(changed, "person", "people")} changed` : `${formatNumber(changed)} changed`);
  if (parts.length > 0) return `${parts.join(", ")}.`;
  const others = otherwiseChanged(totals);
  if (others.length > 0) return `${listed(others)} changed, and nobody's account.`;
  if (linkedOf(run) > 0) return `${formatCount(linkedOf(run), "record was", "records were")} linked to the SIS; no value changed.`;
  if (run.withheldCount > 0) return "nothing else changed.";
  return run.forOnePerson
    ? "Aivo already has what the SIS says, so nothing changed."
    : "nothing changed: Aivo already had everything that the SIS has.";
}

/** "4 learners and 1 teacher arrived"; without the noun where it was named before. */
function turn({ learners, teachers }: { learners: number; teachers: number }, verb: string, isNamed: boolean): string | null {
  if (learners + teachers === 0) return null;
  if (!isNamed) return `${formatNumber(learners + teachers)} ${verb}`;
  const who = [...(learners > 0 ? [formatCount(learners, "learner")] : []), ...(teachers > 0 ? [formatCount(teachers, "teacher")] : [])];
  return `${listed(who)} ${verb}`;
}

function otherwiseChanged(totals: RunTotals): readonly string[] {
  const count = ({ created, updated, deactivated, reactivated }: RunTotals["school"]) => created + updated + deactivated + reactivated;
  const words = { school: "school", term: "term", course: "course", classroom: "class", membership: "class membership" } as const;
  return (Object.keys(words) as (keyof typeof words)[]).flatMap((entity) => {
    const changed = count(totals[entity]);
    return changed === 0 ? [] : [formatCount(changed, words[entity], entity === "classroom" ? "classes" : `${words[entity]}s`)];
  });
}

/** Steps that say themselves what could not be done; the others are Aivo's own. */
const sayable = /^(connect|sign in|read|download|open|list|look|start) ?/;

function failed(name: string, { failure }: RunDetail): string {
  if (failure === null || !sayable.test(failure.step)) return `${name} failed, and nothing was changed.`;
  return `${name} could not ${failure.step}, and nothing was changed.`;
}
