import { clsx } from "clsx";
import type { ReactNode } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { type Tone, toneText } from "./tone.ts";

const shape = "inline-flex items-center gap-1.5 text-fine font-medium whitespace-nowrap";

/** A short word about what stands beside it. */
export function Badge({ tone = "neutral", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={clsx(shape, toneText[tone])}>{children}</span>;
}

export interface StateBadgeProps {
  readonly tone: Tone;
  /** Something is under way: the mark turns. */
  readonly busy?: boolean;
  /** The state in one or two words. */
  readonly children: ReactNode;
}

/** A state: a mark and a word. Which state has which tone is said once, where the states are (`Record<State, Tone>`). */
export function StateBadge({ tone, busy = false, children }: StateBadgeProps) {
  return (
    <span className={clsx(shape, toneText[tone])}>
      {busy ? <Icon name="loader-circle" className="size-3.5 animate-spin" /> : <StateMark tone={tone} />}
      {children}
    </span>
  );
}

/** Full: somebody should act. A tick: it is settled. A ring: for whom it may concern. */
export function StateMark({ tone }: { readonly tone: Tone }) {
  if (tone === "good") return <Icon name="check" className="size-3.5 shrink-0 text-good" />;
  return (
    <span
      aria-hidden
      className={clsx(
        "size-2 shrink-0 rounded-full border-[1.5px]",
        { warn: "border-ask-mark bg-ask-mark", bad: "border-harm bg-harm", info: "border-accent bg-accent", neutral: "border-current" }[
          tone
        ],
      )}
    />
  );
}
