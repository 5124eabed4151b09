import type { ReactNode } from "react";
import { Brand } from "#components/shell/brand.tsx";
import { SkipLink } from "#components/shell/shell.tsx";

/** The frame for teachers and learners: nothing but their page. */
export function OwnShell({
  district,
  userMenu,
  children,
}: {
  readonly district: string;
  readonly userMenu: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <>
      <SkipLink />
      <header className="border-b border-line">
        <div className="mx-auto flex min-h-16 max-w-[72rem] items-center justify-between gap-4 px-4 sm:px-6">
          <Brand district={district} />
          <div className="max-w-64 shrink-0">{userMenu}</div>
        </div>
      </header>
      <main id="content" className="mx-auto grid max-w-[72rem] gap-between px-4 py-8 sm:px-6">
        {children}
      </main>
    </>
  );
}
