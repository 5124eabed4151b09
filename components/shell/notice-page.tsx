import type { ReactNode } from "react";
import { PageHeading } from "#components/ui/announcer.tsx";
import { Mark } from "./brand.tsx";

export interface NoticePageProps {
  /** "403", "404": what to tell support. */
  readonly code: string;
  readonly title: string;
  readonly children: ReactNode;
  readonly actions: ReactNode;
  /** Inside the portal's frame, which has its own main landmark. */
  readonly framed?: boolean;
}

/** A page that has nothing to show but why, and where to go. */
export function NoticePage({ code, title, children, actions, framed = false }: NoticePageProps) {
  const Landmark = framed ? "div" : "main";
  return (
    <Landmark id={framed ? undefined : "content"} className={framed ? "" : "grid min-h-dvh content-center justify-items-center px-4 py-12"}>
      <div className="grid w-full max-w-md gap-2">
        {framed ? null : <Mark className="mb-4 size-10" />}
        <p className="eyebrow tabular-nums">{code}</p>
        <PageHeading>{title}</PageHeading>
        <div className="grid gap-2 text-sm text-pretty text-soft">{children}</div>
        <div className="mt-4 flex flex-wrap gap-2">{actions}</div>
      </div>
    </Landmark>
  );
}
