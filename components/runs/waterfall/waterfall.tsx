import { clsx } from "clsx";
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

/**
 * Steps and lists on an axis of time: solid is done, dashed is how long it took last time, a line is now, a gap is a wait. Places are attributes
 * of SVG, since the Content-Security-Policy lets no style attribute through.
 */
export function Waterfall({ view, isWide = false }: WaterfallProps) {
  const ticks = ticksOf(view.length, isWide ? 7 : 4);
  return (
    <ol className={clsx("grid gap-x-2 sm:gap-x-3", columns[isWide ? "wide" : "beside"])}>
      <li aria-hidden className="col-span-full grid grid-cols-subgrid text-fine text-muted">
        <span />
        <svg aria-hidden className="h-5 w-full overflow-visible">
          {ticks.map(({ at, label }) => (
            <text
              key={label}
              className={clsx("fill-muted", at > 0 && "max-sm:hidden", isNear(at, view.now) && "invisible")}
              x={percent(at)}
              y="13"
              textAnchor={at > 0 ? "middle" : "start"}
            >
              {label}
            </text>
          ))}
          {view.now === null ? null : (
            <text className="fill-accent font-semibold" x={percent(Math.min(0.98, view.now))} y="13" textAnchor="middle">
              now
            </text>
          )}
        </svg>
        <span className="text-right">rows</span>
        <span className="text-right">took</span>
      </li>
      {view.rows.map((row) => (
        <Lane key={row.key} row={row} now={view.now} lines={ticks.map(({ at }) => at)} isWide={isWide} />
      ))}
    </ol>
  );
}

const isNear = (at: number, now: number | null) => now !== null && Math.abs(at - now) < 0.05;
const percent = (at: number) => `${at * 100}%`;

interface LaneProps {
  readonly row: WaterfallRow;
  readonly now: number | null;
  readonly lines: readonly number[];
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
      <span aria-hidden className="relative self-stretch border-r border-line">
        <svg aria-hidden className="absolute inset-0 size-full">
          {lines.map((at) => (
            <rect key={at} className="fill-line" x={percent(at)} width="1" height="100%" />
          ))}
        </svg>
        <svg aria-hidden className={clsx("absolute inset-x-0 top-1/2 w-full -translate-y-1/2 overflow-visible", isPart ? "h-2" : "h-3")}>
          {row.done.map((piece) => (
            <Bar key={piece.x} piece={piece} look={isPart ? "fill-trace" : "fill-accent"} />
          ))}
          {row.gaps.map((piece) => (
            <Bar key={piece.x} piece={piece} look="fill-canvas stroke-edge" isDashed />
          ))}
          {row.todo === null ? null : <Bar piece={row.todo} look="fill-none stroke-trace" isDashed />}
        </svg>
        {now === null ? null : (
          <svg aria-hidden className="absolute inset-0 size-full">
            <rect className="fill-accent" x={percent(now)} width="1" height="100%" />
          </svg>
        )}
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

/** Of the shortest something is to be seen: some two pixels. */
const leastWidth = 0.005;

interface BarProps {
  readonly piece: Piece;
  readonly look: string;
  readonly isDashed?: boolean;
}

function Bar({ piece: { x, width }, look, isDashed = false }: BarProps) {
  return (
    <rect
      className={clsx("transition-[width] duration-(--calm)", look)}
      x={percent(x)}
      width={percent(Math.max(leastWidth, width))}
      height="100%"
      rx="2"
      strokeDasharray={isDashed ? "3 2" : undefined}
    />
  );
}
