import type { ReactNode } from "react";
import { Brand } from "./brand.tsx";
import { HelpLink } from "./help-link.tsx";
import type { NavItem } from "./nav.ts";
import { NavList } from "./nav-list.tsx";
import { PhoneNav } from "./phone-nav.tsx";

export interface ShellProps {
  readonly district: string;
  readonly nav: readonly NavItem[];
  /** The one search: a field, and on a phone its sign alone. */
  readonly find?: ReactNode;
  /** The product's own documentation. */
  readonly helpHref: string;
  /** What is open in the district. */
  readonly bell?: ReactNode;
  readonly userMenu: ReactNode;
  readonly children: ReactNode;
}

/** The frame of the portal: a quiet rail of places (in a drawer on a phone), a bar with the one search, and the sheet. */
export function Shell({ district, nav, find, helpHref, bell, userMenu, children }: ShellProps) {
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[13rem_minmax(0,1fr)]">
      <SkipLink />
      <div className="sticky top-0 hidden h-dvh flex-col gap-6 overflow-y-auto px-3 pt-3 pb-4 lg:flex">
        <div className="flex min-h-10 items-center px-2">
          <Brand district={district} />
        </div>
        <nav aria-label="Portal" className="flex-1">
          <NavList items={nav} />
        </nav>
        {userMenu}
      </div>
      <div className="min-w-0 border-line lg:border-l">
        <header className="sticky top-0 z-30 flex h-14 items-center gap-1 bg-canvas/95 px-2 backdrop-blur-sm max-lg:border-b max-lg:border-line sm:gap-4 sm:px-6 lg:px-10">
          <div className="flex min-w-0 items-center gap-1 max-lg:flex-1 lg:hidden">
            <PhoneNav nav={nav} district={district} footer={userMenu} />
            <Brand district={district} />
          </div>
          {find}
          <div className="ml-auto flex items-center gap-1 sm:gap-2">
            {bell}
            <HelpLink href={helpHref} />
          </div>
        </header>
        <main id="content" className="grid w-full max-w-[80rem] min-w-0 content-start gap-between px-4 pt-4 pb-16 sm:px-6 lg:px-10 lg:pt-6">
          {children}
        </main>
      </div>
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
