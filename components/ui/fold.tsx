"use client";
import type { ComponentProps, ReactNode } from "react";
import { Icon } from "#components/ui/icon.tsx";

export interface FoldProps extends Pick<ComponentProps<"details">, "open" | "onToggle"> {
  readonly summary: ReactNode;
  /** At the right of the summary: what is in it, so that nobody has to open it to know. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** One line that opens what few have to see. */
export function Fold({ summary, aside, children, ...rest }: FoldProps) {
  return (
    <details {...rest} className="group min-w-0">
      <summary className="flex min-h-8 list-none items-center gap-2 rounded-sm text-sm font-strong hover:text-accent [&::-webkit-details-marker]:hidden">
        <Icon name="chevron-right" className="size-4 shrink-0 text-muted transition-transform group-open:rotate-90" />
        <span>{summary}</span>
        {aside ? <span className="ml-auto text-right text-small font-normal text-muted">{aside}</span> : null}
      </summary>
      <div className="pt-3 pb-1 pl-6">{children}</div>
    </details>
  );
}
