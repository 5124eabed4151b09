import { clsx } from "clsx";
import type { ReactNode } from "react";

export interface CardProps {
  readonly title?: ReactNode;
  /** Under the title, one line. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  /** The content reaches the edges: tables, lists. */
  readonly flush?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A section of a page with its own heading (h2). */
export function Card({ title, lead, actions, flush = false, className, children }: CardProps) {
  return (
    <section className={clsx("min-w-0 rounded-lg border border-line bg-surface shadow-raised", className)}>
      {title || actions ? (
        <div className={clsx("flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 pt-4", flush && "pb-3")}>
          <div>
            {title ? <h2 className="text-base font-semibold">{title}</h2> : null}
            {lead ? <p className="text-sm text-muted">{lead}</p> : null}
          </div>
          {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
        </div>
      ) : null}
      <div className={flush ? "" : "p-5 pt-4"}>{children}</div>
    </section>
  );
}
