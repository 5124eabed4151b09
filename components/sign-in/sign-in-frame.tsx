import type { ReactNode } from "react";
import { Mark } from "#components/shell/brand.tsx";
import { PageHeading } from "#components/ui/announcer.tsx";

export interface SignInFrameProps {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}

/** What stands around everything on the way in. */
export function SignInFrame({ title, lead, children }: SignInFrameProps) {
  return (
    <main className="grid min-h-dvh content-center justify-items-center px-4 py-12">
      <div className="grid w-full max-w-[22rem] gap-8">
        <div className="grid gap-6">
          <Mark className="size-10" />
          <div className="grid gap-1">
            <PageHeading>{title}</PageHeading>
            <p className="text-muted">{lead}</p>
          </div>
        </div>
        {children}
      </div>
    </main>
  );
}
