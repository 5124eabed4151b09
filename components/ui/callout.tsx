import { clsx } from "clsx";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "./tone.ts";

const icons: Record<Tone, typeof Info> = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert, info: Info, neutral: Info };
const frames: Record<Tone, string> = {
  good: "border-good/30 bg-good-soft [&>svg]:text-good",
  warn: "border-warn/30 bg-warn-soft [&>svg]:text-warn",
  bad: "border-bad/30 bg-bad-soft [&>svg]:text-bad",
  info: "border-accent/25 bg-accent-soft [&>svg]:text-accent",
  neutral: "border-line bg-sunken [&>svg]:text-muted",
};

export interface CalloutProps {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  /** The next step: a Button or LinkButton. */
  readonly action?: ReactNode;
}

/** Something to know before going on, with its next step. */
export function Callout({ tone, title, children, action }: CalloutProps) {
  const Icon = icons[tone];
  return (
    <div className={clsx("flex gap-3 rounded-lg border p-4 text-sm", frames[tone])}>
      <Icon aria-hidden className="mt-0.5 size-[1.125rem] shrink-0" />
      <div className="flex min-w-0 flex-1 flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 flex-1 basis-64 gap-1">
          <p className="font-semibold">{title}</p>
          {children ? <div className="leading-relaxed">{children}</div> : null}
        </div>
        {action}
      </div>
    </div>
  );
}
