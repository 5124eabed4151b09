import { Card } from "#components/ui/card.tsx";
import type { PastRun, RunDetail } from "#lib/services/runs/schema.ts";
import { ReadSeal } from "./read-seal.tsx";
import { secondsOf } from "./run-words.ts";
import { retriesInWords } from "./waterfall/wait-words.ts";
import { Waterfall } from "./waterfall/waterfall.tsx";
import { waterfallOf } from "./waterfall/waterfall-of.ts";

export interface RunRecordProps {
  readonly run: RunDetail;
  /** The sync before, which files are compared with by their age. */
  readonly past?: PastRun | null;
}

/** How a run that is over went: its waterfall, and under it the proof that it read everything. */
export function RunRecord({ run, past = null }: RunRecordProps) {
  const { trace, timeline, input } = run;
  const seconds = secondsOf(run) ?? 0;
  const applied = run.state === "succeeded" && run.changeCount > 0 ? run.changeCount : null;
  const view = waterfallOf({ trace, timeline, seconds, isEnded: true, rows: input?.rows ?? {}, applied, past: null });
  return (
    <div className="grid min-w-0 content-start gap-6">
      {view.rows.length === 0 ? null : (
        <Card title="How it went" aside={retriesInWords(trace)}>
          <Waterfall view={view} />
        </Card>
      )}
      {input === null ? null : <ReadSeal input={input} told={toldOf(run)} past={past} />}
      <Asides run={run} />
    </div>
  );
}

/** What a step noted beside the proof of the read: why everything was read after all, what an undo left alone. */
function Asides({ run: { timeline } }: { readonly run: RunDetail }) {
  const notes = timeline.flatMap(({ phase, note }) => (note === null || phase === "normalise" ? [] : [note]));
  if (notes.length === 0) return null;
  return (
    <ul className="grid gap-1 text-small text-muted">
      {notes.map((note) => (
        <li key={note} className="first-letter:uppercase">
          {note}
        </li>
      ))}
    </ul>
  );
}

/** A read that was begun again has its last proof. */
function toldOf({ timeline }: RunDetail): string | null {
  return timeline.findLast(({ phase }) => phase === "normalise")?.note ?? null;
}
