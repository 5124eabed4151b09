import type { ReactNode } from "react";
import { Brand } from "./brand.tsx";
import type { NavItem } from "./nav.ts";
import { NavList } from "./nav-list.tsx";
import { PhoneNav } from "./phone-nav.tsx";

export interface ShellProps {
  readonly district: string;
  readonly nav: readonly NavItem[];
  /** What is open in the district. */
  readonly bell?: ReactNode;
  readonly userMenu: ReactNode;
  readonly children: ReactNode;
}

/** The frame of the portal: places at the left (in a drawer on a phone), the page beside them. */
export function Shell({ district, nav, bell, userMenu, children }: ShellProps) {
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15.5rem_minmax(0,1fr)]">
      <SkipLink />
      <header className="sticky top-0 z-30 flex min-h-14 items-center gap-2 border-b border-line bg-surface px-3 lg:hidden">
        <PhoneNav nav={nav} district={district} />
        <div className="min-w-0 flex-1">
          <Brand district={district} />
        </div>
        {bell}
        <div className="shrink-0">{userMenu}</div>
      </header>
      <div className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface lg:flex">
        <header className="flex items-start justify-between gap-2 py-5 pr-3 pl-5">
          <Brand district={district} />
          {bell}
        </header>
        <nav aria-label="Portal" className="flex-1 overflow-y-auto px-3">
          <NavList items={nav} />
        </nav>
        <div className="border-t border-line p-2">{userMenu}</div>
      </div>
      <main id="content" className="mx-auto grid w-full max-w-[76rem] min-w-0 content-start gap-6 px-4 py-6 sm:px-6 lg:px-10 lg:py-9">
        {children}
      </main>
    </div>
  );
}

export function SkipLink() {
  return (
    <a
      href="#content"
      className="sr-only z-50 rounded-md bg-accent px-4 py-2 text-sm font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
    >
      Skip to content
    </a>
  );
}
