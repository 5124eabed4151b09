import type { ReactNode } from "react";
import { Card } from "#components/ui/card.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { RunFrame, type RunFrameProps } from "./run-frame.tsx";

export interface RunListProps extends Omit<RunFrameProps, "actions"> {
  /** The same list as a file; null where there is none to be had. */
  readonly exportHref: string | null;
  readonly filters: ReactNode;
}

/** A list of what a run did, with its filters and its download: the shape of Changes and of Issues. */
export function RunList({ exportHref, filters, children, ...frame }: RunListProps) {
  return (
    <RunFrame
      {...frame}
      actions={
        exportHref === null ? null : (
          <LinkButton external href={exportHref} icon={<Icon name="download" />}>
            Download CSV
          </LinkButton>
        )
      }
    >
      <Card flush>
        <div className="flex flex-wrap gap-2 border-b border-line pb-4">{filters}</div>
        {children}
      </Card>
    </RunFrame>
  );
}
