import { type ReactNode, useId } from "react";

export interface PictureProps {
  /** What it shows, in a few words. */
  readonly title: string;
  /** All that can be seen in it, for those who cannot see it. */
  readonly description: string;
  /** Under the picture. */
  readonly caption?: ReactNode;
  readonly height: number;
  readonly children: ReactNode;
}

export const pictureWidth = 280;

/** A small drawing in the colours of the page, light and dark. Its text is text, so that it stays sharp at any size. */
export function Picture({ title, description, caption, height, children }: PictureProps) {
  const id = useId();
  return (
    <figure className="mt-2 grid gap-1.5">
      <svg
        role="img"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-description`}
        viewBox={`0 0 ${pictureWidth} ${height}`}
        className="w-full max-w-sm rounded-md border border-line bg-surface font-sans"
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-description`}>{description}</desc>
        {children}
      </svg>
      {caption ? <figcaption className="text-small leading-snug text-muted">{caption}</figcaption> : null}
    </figure>
  );
}

interface BoxProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly isOurs?: boolean;
}

/** Somebody who takes part: a system with its name. */
export function Box({ x, y, width, height, label, isOurs = false }: BoxProps) {
  return (
    <g>
      <rect x={x} y={y} width={width} height={height} rx="6" className={isOurs ? "fill-accent" : "fill-sunken stroke-edge"} />
      <text
        x={x + width / 2}
        y={y + height / 2 + 4}
        textAnchor="middle"
        className={isOurs ? "fill-on-accent text-[12px] font-semibold" : "fill-ink text-[12px] font-semibold"}
      >
        {label}
      </text>
    </g>
  );
}

interface ArrowProps {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

/** Straight, with its head at `to`. */
export function Arrow({ from: [x1, y1], to: [x2, y2] }: ArrowProps) {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const wing = (turn: number) => `${x2 - 7 * Math.cos(angle + turn)},${y2 - 7 * Math.sin(angle + turn)}`;
  return (
    <g className="stroke-accent" strokeWidth="1.5" fill="none" strokeLinecap="round" strokeLinejoin="round">
      <line x1={x1} y1={y1} x2={x2} y2={y2} />
      <polyline points={`${wing(0.45)} ${x2},${y2} ${wing(-0.45)}`} />
    </g>
  );
}

/** A number that the text beside the picture refers to. */
export function Mark({ x, y, children }: { readonly x: number; readonly y: number; readonly children: ReactNode }) {
  return (
    <g>
      <circle cx={x} cy={y} r="8" className="fill-accent" />
      <text x={x} y={y + 3.5} textAnchor="middle" className="fill-on-accent text-[10px] font-semibold">
        {children}
      </text>
    </g>
  );
}
