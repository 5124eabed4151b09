import type { ReadProgress, SourceWait } from "#lib/engine/sis/source.ts";
import type { RunPhase, RunTrace } from "#lib/platform/db/schema/runs.ts";
import type { TracedPart } from "#lib/roster/trace.ts";

/** What is kept is written with every heartbeat: some 6 kB at the most. */
const most = { steps: 30, parts: 30, spans: 6, waits: 40 } as const;

interface OpenSpan {
  readonly from: number;
  to: number | null;
}
type Step = OpenSpan & { readonly phase: RunPhase };
type Part = Pick<TracedPart, "name"> & { readonly spans: OpenSpan[]; rows: number | null; of: number | null };
type Wait = OpenSpan & Omit<RunTrace["waits"][number], "from" | "to">;

/** Notes when the steps of a run, and the parts of its read, begin and end. `now`: milliseconds since the run was taken, never falling. */
export class Tracer {
  readonly #now: () => number;
  readonly #steps: Step[] = [];
  readonly #parts = new Map<string, Part>();
  readonly #waits: Wait[] = [];
  #waitCount = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  enter(phase: RunPhase): void {
    if (this.#steps.length < most.steps) this.#steps.push({ phase, from: this.#at(), to: null });
  }

  leave(): void {
    for (const open of [...this.#steps, ...this.#spans()]) open.to ??= this.#at();
  }

  /** A part begins with what is first told of it, and once more with what is told after its end. */
  read({ part: name, rows = null, ofRows = null, isEnd = false }: ReadProgress): void {
    const part = this.#parts.get(name) ?? { name, spans: [], rows: null, of: null };
    if (!this.#parts.has(name)) {
      if (this.#parts.size === most.parts) return;
      this.#parts.set(name, part);
    }
    const last = part.spans.at(-1);
    if ((last === undefined || last.to !== null) && part.spans.length < most.spans) part.spans.push({ from: this.#at(), to: null });
    part.rows = rows;
    part.of = ofRows ?? part.of;
    const open = part.spans.at(-1);
    if (isEnd && open) open.to = this.#at();
  }

  /** How many rows were read so far, over all parts that can tell. */
  rowsRead(): number {
    return [...this.#parts.values()].reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  }

  /** To be called when the wait is over. */
  wait({ cause, place, beginsAgain = false }: SourceWait): () => void {
    this.#waitCount++;
    const part = [...this.#parts.values()].find(({ name }) => place.endsWith(name)) ?? null;
    if (beginsAgain) for (const span of this.#spans()) span.to ??= this.#at();
    // Pages that are asked for side by side are told to wait side by side.
    const isKnown = this.#waits.some((wait) => wait.to === null && wait.part === (part?.name ?? null) && wait.cause === cause);
    if (isKnown || this.#waits.length === most.waits) return () => {};
    const wait: Wait = { from: this.#at(), to: null, cause, part: part?.name ?? null, rows: part?.rows ?? null };
    this.#waits.push(wait);
    return () => {
      wait.to = this.#at();
    };
  }

  trace(): RunTrace {
    return { steps: this.#steps, parts: [...this.#parts.values()], waits: this.#waits, waitCount: this.#waitCount };
  }

  #at(): number {
    return Math.round(this.#now());
  }

  #spans(): OpenSpan[] {
    return [...[...this.#parts.values()].flatMap(({ spans }) => spans), ...this.#waits];
  }
}
