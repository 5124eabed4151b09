import { clsx } from "clsx";
import type { ReactNode } from "react";
import { StateMark } from "./badge.tsx";
import { type Tone, toneText } from "./tone.ts";

export interface CalloutProps {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  /** The next step: a Button or LinkButton. */
  readonly action?: ReactNode;
}

/** Something to know before going on, with its next step: between two hairlines, its colour in the mark and the title alone. */
export function Callout({ tone, title, children, action }: CalloutProps) {
  return (
    <div className="flex gap-3 border-y border-line py-4 text-sm">
      <span className="flex h-5 items-center">
        <StateMark tone={tone} />
      </span>
      <div className="flex min-w-0 flex-1 flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 flex-1 basis-64 gap-1">
          <p className={clsx("font-semibold", tone === "warn" || tone === "bad" ? toneText[tone] : "text-ink")}>{title}</p>
          {children ? <div className="max-w-2xl text-soft">{children}</div> : null}
        </div>
        {action}
      </div>
    </div>
  );
}
