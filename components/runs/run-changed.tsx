import type { RunListItem } from "#lib/services/runs/schema.ts";
import { changedInWords, nameOfRun } from "./run-words.ts";

export type ChangedRun = Pick<RunListItem, "kind" | "state" | "totals" | "failure" | "sameAsRunId" | "changeCount"> &
  Partial<Pick<RunListItem, "retriedAs" | "takenBackBy">>;

/** What a run changed, or would change, or why it changed nothing: one line of a list. */
export function RunChanged({ run }: { readonly run: ChangedRun }) {
  if (run.state === "failed") {
    return (
      <span className="line-clamp-3 wrap-anywhere">
        {run.failure?.message ?? "Nothing"}
        {run.retriedAs ? " It was tried again by itself." : null}
      </span>
    );
  }
  if (run.state === "cancelled" || run.state === "discarded") return <span className="text-muted">Nothing</span>;
  if (run.totals === null) return <span className="text-muted">Under way</span>;
  if (run.sameAsRunId !== null && run.kind !== "approval") return <span className="text-muted">Nothing: identical input</span>;
  const text = changedInWords(run);
  if (run.takenBackBy && run.changeCount > 0)
    return (
      <>
        {text}. <span className="text-muted">Taken back by {nameOfRun(run.takenBackBy)}</span>
      </>
    );
  return <>{run.state === "held" || run.state === "previewed" ? `Would be: ${text.toLowerCase()}` : text}</>;
}
