import type { ReactNode } from "react";
import { PageHeading } from "./announcer.tsx";
import { Breadcrumbs, type Crumb } from "./breadcrumbs.tsx";

export interface PageHeaderProps {
  /** The page's answer in one sentence, or what the page is called where it has nothing to answer. */
  readonly title: ReactNode;
  /** Whose page this is, above a title that is a sentence: name, then what one knows it by. See `Identity`. */
  readonly identity?: ReactNode;
  /** Beside the title: a StateBadge. */
  readonly state?: ReactNode;
  /** Under the title, small: when, by whom, how long. */
  readonly lead?: ReactNode;
  readonly breadcrumbs?: readonly Crumb[];
  /** The main one last. */
  readonly actions?: ReactNode;
  /** "display" is for Today and for a decision alone. */
  readonly size?: "display" | "lead" | "title";
}

/** The h1 of a page; takes focus when one navigates to it. */
export function PageHeader({ title, identity, state, lead, breadcrumbs, actions, size = "lead" }: PageHeaderProps) {
  return (
    <header className="grid gap-2">
      {breadcrumbs ? <Breadcrumbs crumbs={breadcrumbs} /> : null}
      <div className="flex flex-wrap items-start justify-between gap-x-8 gap-y-4">
        <div className="grid min-w-0 flex-1 basis-80 gap-2">
          {identity}
          <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <PageHeading size={size}>{title}</PageHeading>
            {state}
          </div>
          {lead ? <div className="max-w-2xl text-sm text-pretty text-muted">{lead}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2 max-sm:w-full max-sm:[&>*]:min-h-11 max-sm:[&>*]:flex-1">{actions}</div> : null}
      </div>
    </header>
  );
}

/** Whose page it is: the name, then what one knows a person or an integration by. */
export function Identity({ name, children }: { readonly name: ReactNode; readonly children?: ReactNode }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
      <b className="text-title text-ink">{name}</b>
      {children}
    </p>
  );
}
