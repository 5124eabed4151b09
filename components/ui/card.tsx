import { clsx } from "clsx";
import { type ReactNode, useId } from "react";

export interface CardProps {
  readonly title?: ReactNode;
  /** Under the title, one line. */
  readonly lead?: ReactNode;
  /** What the section comes to, in few words at the right of the title: "3 causes, 15 people". */
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  /** The content begins at the line under the title: tables, lists. */
  readonly flush?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A section of the sheet with its own heading (h2), parted from the others by space and a hairline. */
export function Card({ title, lead, aside, actions, flush = false, className, children }: CardProps) {
  const id = useId();
  const hasHead = title || aside || actions;
  return (
    <section aria-labelledby={title ? id : undefined} className={clsx("min-w-0", className)}>
      {hasHead ? (
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-2 border-b border-line pb-3">
          <div className="grid min-w-0 gap-0.5">
            {title ? (
              <h2 id={id} className="text-head">
                {title}
              </h2>
            ) : null}
            {lead ? <p className="text-small text-muted">{lead}</p> : null}
          </div>
          {aside ? <div className="text-small text-muted">{aside}</div> : null}
          {actions ? <div className="-my-1 flex flex-wrap gap-2 self-center">{actions}</div> : null}
        </div>
      ) : null}
      <div className={flush || !hasHead ? "" : "pt-4"}>{children}</div>
    </section>
  );
}

/** What floats beside the sheet, is written in or is signed: the only thing with a frame. */
export function Box({ className, children }: { readonly className?: string; readonly children: ReactNode }) {
  return <div className={clsx("min-w-0 rounded-lg border border-line bg-surface p-6 shadow-raised", className)}>{children}</div>;
}
