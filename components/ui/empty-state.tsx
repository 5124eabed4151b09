import type { ReactNode } from "react";

export interface EmptyStateProps {
  readonly title: ReactNode;
  /** Why there is nothing, and what would change that. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** What stands on the sheet where there is nothing to list. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="grid justify-items-start gap-0.5 py-4">
      <p className="text-sm font-strong">{title}</p>
      {children ? <div className="max-w-xl text-sm text-pretty text-muted">{children}</div> : null}
      {action ? <div className="mt-3 flex flex-wrap gap-2">{action}</div> : null}
    </div>
  );
}
