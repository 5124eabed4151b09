import type { ReactNode } from "react";

export interface EmptyStateProps {
  /** A lucide icon. */
  readonly icon?: ReactNode;
  readonly title: ReactNode;
  /** Why there is nothing, and what would change that. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-12 text-center">
      {icon ? (
        <div aria-hidden className="grid size-11 place-items-center rounded-full bg-accent-soft text-accent [&_svg]:size-5">
          {icon}
        </div>
      ) : null}
      <p className="text-head">{title}</p>
      {children ? <div className="max-w-md text-sm leading-relaxed text-muted">{children}</div> : null}
      {action ? <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
