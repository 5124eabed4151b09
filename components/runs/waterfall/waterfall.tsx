import { clsx } from "clsx";
import type { CSSProperties } from "react";
import { ticksOf } from "./scale.ts";
import type { Piece, WaterfallRow, WaterfallView } from "./waterfall-view.ts";

export interface WaterfallProps {
  readonly view: WaterfallView;
  /** Over the whole page, while the run goes; else beside it. */
  readonly isWide?: boolean;
}

const columns = {
  wide: "grid-cols-[7.75rem_minmax(0,1fr)_auto_auto] sm:grid-cols-[11rem_minmax(0,1fr)_8.5rem_4rem]",
  beside: "grid-cols-[8.25rem_minmax(0,1fr)_auto_auto]",
};

/** Steps and lists on an axis of time: solid is done, dashed is how long it took last time, a line is now, a gap is a wait. */
export function Waterfall({ view, isWide = false }: WaterfallProps) {
  const ticks = ticksOf(view.length, isWide ? 7 : 4);
  const apart = (ticks[1]?.at ?? 1) * 100;
  const lines = { backgroundImage: `repeating-linear-gradient(90deg, var(--line) 0 1px, transparent 1px ${apart}%)` };
  return (
    <ol className={clsx("grid gap-x-2 sm:gap-x-3", columns[isWide ? "wide" : "beside"])}>
      <li aria-hidden className="col-span-full grid grid-cols-subgrid text-fine text-muted">
        <span />
        <span className="relative h-5">
          {ticks.map(({ at, label }) => (
            <span
              key={label}
              className={clsx("absolute", at > 0 && "-translate-x-1/2 max-sm:hidden", isNear(at, view.now) && "invisible")}
              style={left(at)}
            >
              {label}
            </span>
          ))}
          {view.now === null ? null : (
            <span className="absolute -translate-x-1/2 font-semibold text-accent" style={left(Math.min(0.98, view.now))}>
              now
            </span>
          )}
        </span>
        <span className="text-right">rows</span>
        <span className="text-right">took</span>
      </li>
      {view.rows.map((row) => (
        <Lane key={row.key} row={row} now={view.now} lines={lines} isWide={isWide} />
      ))}
    </ol>
  );
}

const isNear = (at: number, now: number | null) => now !== null && Math.abs(at - now) < 0.05;

interface LaneProps {
  readonly row: WaterfallRow;
  readonly now: number | null;
  readonly lines: CSSProperties;
  readonly isWide: boolean;
}

function Lane({ row, now, lines, isWide }: LaneProps) {
  const { isPart, state } = row;
  return (
    <li className={clsx("col-span-full grid grid-cols-subgrid items-center", isPart ? "min-h-6" : isWide ? "min-h-8" : "min-h-7")}>
      <span
        title={row.label}
        className={clsx(
          "truncate",
          isPart ? "pl-4 text-small text-soft" : "text-sm",
          state === "on" && !isPart && "font-semibold",
          state === "later" && "text-muted",
        )}
      >
        {state === "on" && !isPart ? <span aria-hidden className="mr-2 inline-block size-2 animate-pulse rounded-full bg-accent" /> : null}
        {row.label}
        {state === "done" ? null : <span className="sr-only">{state === "on" ? ", under way" : ", not begun"}</span>}
      </span>
      <span aria-hidden className="relative self-stretch border-r border-line" style={lines}>
        <span className={clsx("absolute inset-x-0 top-1/2 -translate-y-1/2", isPart ? "h-2" : "h-3")}>
          {row.done.map((piece) => (
            <Bar key={piece.x} piece={piece} look={isPart ? "bg-trace" : "bg-accent"} />
          ))}
          {row.gaps.map((piece) => (
            <Bar key={piece.x} piece={piece} look="border border-dashed border-edge bg-canvas" />
          ))}
          {row.todo === null ? null : <Bar piece={row.todo} look="border border-dashed border-trace" />}
        </span>
        {now === null ? null : <span className="absolute inset-y-0 w-px bg-accent" style={left(now)} />}
      </span>
      <span className="text-right text-small whitespace-nowrap text-muted tabular-nums">
        {row.rows}
        {row.of === "" ? null : <span className="max-sm:sr-only"> {row.of}</span>}
        {row.rows === "" ? null : <span className="sr-only"> rows</span>}
      </span>
      <span className="text-right text-small whitespace-nowrap text-muted tabular-nums">
        {row.took === "" ? null : <span className="sr-only">took </span>}
        {row.took}
      </span>
      {row.notes.map((note) => (
        <span key={note} className="col-span-3 col-start-2 pb-1 text-fine text-pretty text-muted first-letter:uppercase">
          {note}
        </span>
      ))}
    </li>
  );
}

function Bar({ piece: { x, width }, look }: { readonly piece: Piece; readonly look: string }) {
  return (
    <span
      className={clsx("absolute inset-y-0 min-w-0.5 rounded-xs transition-[width] duration-(--calm)", look)}
      style={{ left: `${x * 100}%`, width: `${width * 100}%` }}
    />
  );
}

const left = (at: number): CSSProperties => ({ left: `${at * 100}%` });
