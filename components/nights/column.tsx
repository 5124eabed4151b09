import { clsx } from "clsx";
import type { Night, NightMark } from "#lib/services/overview/nights-schema.ts";
import { downOf, heights, type Scale, toneOf } from "./scale.ts";

const { label, up, gap, tone } = heights;
const toneTop = label + up + gap;
const downTop = toneTop + tone + gap;

/** How tall a column is, labels and all, in pixels. */
const heightOf = (scale: Scale) => downTop + scale.down + 4;

const tones = ["fill-tone-0", "fill-tone-1", "fill-tone-2", "fill-tone-3", "fill-tone-4"];

/** One night: arrived up, left down, changed as a tone between them. As wide as the room it is given. */
export function Column({ night, scale }: { readonly night: Night; readonly scale: Scale }) {
  const { arrived, left, still, changed, isFirst, mark } = night;
  const { leftHeight, stillHeight } = downOf(night, scale);
  return (
    <svg aria-hidden width="100%" height={heightOf(scale)} className="block overflow-visible">
      {arrived === 0 ? null : isFirst ? (
        <Broken />
      ) : (
        <rect className="fill-up" x="30%" width="40%" y={label + up - scale.of(arrived)} height={scale.of(arrived)} rx="1.5" />
      )}
      {left === 0 ? null : <rect className="fill-down" x="30%" width="40%" y={downTop} height={leftHeight} rx="1.5" />}
      {still === 0 ? null : (
        <rect
          className="fill-harm-soft stroke-harm"
          strokeWidth="1.5"
          x="31.5%"
          width="37%"
          y={downTop + leftHeight + 0.75}
          height={Math.max(4, stillHeight - 1.5)}
          rx="1.5"
        />
      )}
      {mark === "failed" ? (
        <rect className="fill-none stroke-edge" strokeWidth="1.5" x="8%" width="84%" y={toneTop + 0.75} height={tone - 1.5} rx="2" />
      ) : (
        <rect className={tones[isFirst ? 0 : toneOf(changed)]} x="6%" width="88%" y={toneTop} height={tone} rx="2" />
      )}
      {mark === null ? null : <Mark mark={mark} isDark={toneOf(changed) >= 3} />}
    </svg>
  );
}

/** A bar that goes on beyond the scale. */
function Broken() {
  return (
    <svg aria-hidden x="50%" y={label} width="12" height={up} viewBox={`6 0 12 ${up}`} className="overflow-visible">
      <path className="fill-up" d={`M0 ${up}V16l6-4 6 4V${up}Z`} />
      <path className="fill-up" d="M0 11V2h12v9L6 7Z" />
    </svg>
  );
}

/** × failed, ‖ held. */
function Mark({ mark, isDark }: { readonly mark: NightMark; readonly isDark: boolean }) {
  const isFailed = mark === "failed";
  return (
    <svg aria-hidden x="50%" y={toneTop + tone / 2} width="1" height="1" className="overflow-visible">
      <path
        className={clsx("fill-none", isFailed || !isDark ? "stroke-ink" : "stroke-canvas")}
        strokeWidth={isFailed ? 1.5 : 1.75}
        strokeLinecap="round"
        d={isFailed ? "M-2.5-2.5l5 5m0-5l-5 5" : "M-2-2.5v5m4-5v5"}
      />
    </svg>
  );
}

/** The lines of the grid, behind all columns. */
export function Grid({ scale }: { readonly scale: Scale }) {
  const lines = [...scale.up.map((value) => label + up - scale.of(value)), ...scale.left.map((value) => downTop + scale.of(value))];
  return (
    <svg aria-hidden width="100%" height={heightOf(scale)} className="pointer-events-none absolute inset-x-0 top-0">
      {lines.map((y) => (
        <line key={y} x1="0" x2="100%" y1={y} y2={y} className="stroke-line" strokeDasharray="1 3" />
      ))}
    </svg>
  );
}

/** What the lines stand for, at the right. */
export function Axis({ scale, format }: { readonly scale: Scale; readonly format: (value: number) => string }) {
  const numbers = [
    ...scale.up.map((value) => ({ value, y: label + up - scale.of(value) })),
    ...scale.left.map((value) => ({ value, y: downTop + scale.of(value) })),
  ];
  return (
    <svg aria-hidden width="36" height={heightOf(scale)} className="shrink-0">
      {numbers.map(({ value, y }) => (
        <text key={y} x="36" y={y + 4} textAnchor="end" className="fill-muted text-[11px]">
          {format(value)}
        </text>
      ))}
    </svg>
  );
}
