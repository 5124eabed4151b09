import type { ReactNode } from "react";
import { StateBadge } from "#components/ui/badge.tsx";
import type { Tone } from "#components/ui/tone.ts";

export interface HelpRowProps {
  readonly tone: Tone;
  /** "New", "3rd night", "Resolved". */
  readonly state: string;
  readonly title: ReactNode;
  /** Small, under it: who has it in hand. */
  readonly meta?: ReactNode;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}

/** One thing that asks for somebody: since when, what it is and whom it concerns, and the one way on. */
export function HelpRow({ tone, state, title, meta, action, children }: HelpRowProps) {
  return (
    <li className="grid gap-x-4 gap-y-1 border-t border-line py-3 first:border-t-0 max-sm:py-4 sm:grid-cols-[6rem_minmax(0,1fr)_auto]">
      <div className="pt-0.5">
        <StateBadge tone={tone}>{state}</StateBadge>
      </div>
      <div className="min-w-0">
        <h3 className="text-sm font-strong">{title}</h3>
        {children ? <p className="mt-0.5 text-pretty wrap-anywhere text-soft">{children}</p> : null}
        {meta ? <div className="mt-1 text-fine text-muted">{meta}</div> : null}
      </div>
      {action ? <div className="max-sm:mt-2 max-sm:grid max-sm:[&>*]:min-h-11">{action}</div> : null}
    </li>
  );
}
