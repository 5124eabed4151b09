import { clsx } from "clsx";
import { CircleAlert, CircleCheck, CircleDashed, Info, LoaderCircle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { type Tone, toneSoft } from "./tone.ts";

const shape = "inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap";

export function Badge({ tone = "neutral", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={clsx(shape, toneSoft[tone])}>{children}</span>;
}

const icons: Record<Tone, typeof Info> = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert, info: Info, neutral: CircleDashed };

export interface StateBadgeProps {
  readonly tone: Tone;
  /** Something is under way: the icon turns. */
  readonly busy?: boolean;
  /** The state in one or two words. */
  readonly children: ReactNode;
}

/** A state by colour, icon and word. Which state has which tone is said once, where the states are (`Record<State, Tone>`). */
export function StateBadge({ tone, busy = false, children }: StateBadgeProps) {
  const Icon = busy ? LoaderCircle : icons[tone];
  return (
    <span className={clsx(shape, toneSoft[tone])}>
      <Icon aria-hidden className={clsx("size-3.5", busy && "animate-spin")} />
      {children}
    </span>
  );
}
