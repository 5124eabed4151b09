import type { ReactNode } from "react";
import { Breadcrumbs, type Crumb } from "./breadcrumbs.tsx";
import { PageHeading } from "./page-heading.tsx";

export interface PageHeaderProps {
  readonly title: ReactNode;
  /** Beside the title: a StateBadge. */
  readonly state?: ReactNode;
  /** The page's answer in one sentence. */
  readonly lead?: ReactNode;
  readonly breadcrumbs?: readonly Crumb[];
  /** The main one last. */
  readonly actions?: ReactNode;
}

/** The h1 of a page; takes focus when one navigates to it. */
export function PageHeader({ title, state, lead, breadcrumbs, actions }: PageHeaderProps) {
  return (
    <header className="grid gap-2">
      {breadcrumbs ? <Breadcrumbs crumbs={breadcrumbs} /> : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <PageHeading>{title}</PageHeading>
            {state}
          </div>
          {lead ? <div className="mt-1 max-w-2xl text-[0.9375rem] text-pretty text-muted">{lead}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}
