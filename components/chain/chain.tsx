import { clsx } from "clsx";
import type { ReactNode } from "react";

/** `ok`: it came so far; `broken`: here it did not get on, for the cause that is named; `none`: where it never arrived. */
export type ChainState = "ok" | "broken" | "none";

export interface ChainLink {
  /** "The SIS says", "Aivo read", "Matched" or "Not matched", "In Aivo" or "Not in Aivo"; each once. */
  readonly word: string;
  /** What is so: "By SIS id S1000471". */
  readonly what?: ReactNode;
  /** Smaller, under it: where it stood, since when, the cause. */
  readonly detail?: ReactNode;
  readonly state: ChainState;
}

export interface ChainRow {
  /** Who or what came this way: "Zoë Bell", "7 classes". */
  readonly name: string;
  readonly links: readonly ChainLink[];
}

export interface ChainProps {
  readonly rows: readonly ChainRow[];
  /** Horizontal, links stand beside each other from 640 px on, below that under each other. */
  readonly direction?: "horizontal" | "vertical";
}

/** The chain of why: dots filled as far as it came, the link that broke hollow and its line dotted, and no line to where it never arrived. */
export function Chain({ rows, direction = "horizontal" }: ChainProps) {
  const isWide = direction === "horizontal";
  const [first] = rows;
  return (
    <div className={clsx("grid", isWide ? "gap-y-4" : "gap-y-6")}>
      {isWide && first ? <Heads links={first.links} isNamed={rows.length > 1} /> : null}
      {rows.map((row) => (
        <div
          key={row.name}
          className={clsx(isWide && rows.length > 1 && "sm:grid sm:grid-cols-[6.5rem_minmax(0,1fr)]", !isWide && "grid gap-2")}
        >
          <p className={clsx("text-sm font-strong max-sm:mb-2", rows.length > 1 ? "" : "sr-only")}>{row.name}</p>
          <ol aria-label={row.name} className={clsx("grid", isWide && "sm:auto-cols-fr sm:grid-flow-col")}>
            {row.links.map((link, index) => (
              <Step
                key={link.word}
                link={link}
                isLast={index === row.links.length - 1}
                isWide={isWide}
                isHeaded={link.word === first?.links[index]?.word}
              />
            ))}
          </ol>
        </div>
      ))}
    </div>
  );
}

/** The words over the links, where these stand beside each other. Each link says its own for whoever listens. */
function Heads({ links, isNamed }: { readonly links: readonly ChainLink[]; readonly isNamed: boolean }) {
  return (
    <div aria-hidden className={clsx("hidden auto-cols-fr grid-flow-col sm:grid", isNamed && "sm:pl-[6.5rem]")}>
      {links.map(({ word, state }) => (
        <span key={word} className={clsx("eyebrow", state === "broken" && "text-ask")}>
          {word}
        </span>
      ))}
    </div>
  );
}

interface StepProps {
  readonly link: ChainLink;
  readonly isLast: boolean;
  readonly isWide: boolean;
  /** The word stands over the column already. */
  readonly isHeaded: boolean;
}

const dots: Readonly<Record<ChainState, string>> = {
  ok: "bg-accent",
  broken: "border-[2.5px] border-ask-mark bg-canvas",
  none: "border-[2.5px] border-edge bg-canvas",
};
const spoken: Readonly<Record<ChainState, string>> = { ok: "", broken: "Breaks here: ", none: "" };

function Step({ link, isLast, isWide, isHeaded }: StepProps) {
  const { word, what, detail, state } = link;
  return (
    <li className={clsx("relative pl-7", isLast ? "" : "pb-4", isWide && "sm:pr-4 sm:pb-0 sm:pl-0")}>
      <span
        aria-hidden
        className={clsx("absolute top-[0.1875rem] left-0 size-3.5 rounded-full", isWide && "sm:static sm:block", dots[state])}
      />
      {isLast || state === "none" ? null : <Line isBroken={state === "broken"} isWide={isWide} />}
      <p className={clsx("text-sm font-strong", state === "none" && "text-muted", isWide && "sm:mt-2.5")}>
        <span className="sr-only">{spoken[state]}</span>
        <span className={clsx(isWide && isHeaded && what !== undefined && "sm:sr-only")}>{word}</span>
        {what === undefined ? null : (
          <span className={clsx("block text-pretty", isWide ? state === "broken" && "text-ask" : "text-small font-normal text-muted")}>
            {what}
          </span>
        )}
      </p>
      {detail ? <div className="text-small text-pretty break-words text-muted">{detail}</div> : null}
    </li>
  );
}

function Line({ isBroken, isWide }: { readonly isBroken: boolean; readonly isWide: boolean }) {
  return (
    <span
      aria-hidden
      className={clsx(
        "absolute top-[1.375rem] bottom-px left-1.5 border-l-2",
        isBroken ? "border-dashed border-ask-mark" : "border-trace",
        isWide && "sm:top-1.5 sm:right-1 sm:bottom-auto sm:left-[1.125rem] sm:border-t-2 sm:border-l-0",
      )}
    />
  );
}
