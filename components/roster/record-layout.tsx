import type { ReactNode } from "react";

export interface RecordLayoutProps {
  /** What did not come through; null: all did. */
  readonly lost: ReactNode;
  readonly children: ReactNode;
  readonly history: ReactNode;
}

/** The body of a record's page: what is lost comes first where there is one column, and stands beside the rest where there are two. */
export function RecordLayout({ lost, children, history }: RecordLayoutProps) {
  return (
    <div className="grid gap-y-between lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-[auto_1fr] lg:gap-x-12">
      {lost === null ? null : <div className="min-w-0 lg:col-start-2 lg:row-start-1">{lost}</div>}
      <div className="grid min-w-0 content-start gap-between lg:col-start-1 lg:row-span-2 lg:row-start-1">{children}</div>
      <div className={`min-w-0 lg:col-start-2 ${lost === null ? "lg:row-span-2 lg:row-start-1" : "lg:row-start-2"}`}>{history}</div>
    </div>
  );
}
