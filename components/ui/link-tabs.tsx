import { clsx } from "clsx";
import Link from "next/link";

export interface TabLink {
  readonly label: string;
  readonly href: string;
  readonly current: boolean;
  readonly count?: string;
}

/** Pages beside each other, each with its own address. */
export function LinkTabs({ label, tabs }: { readonly label: string; readonly tabs: readonly TabLink[] }) {
  return (
    <nav aria-label={label} className="border-b border-line">
      <ul className="flex flex-wrap gap-x-4 sm:gap-x-6">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              prefetch={false}
              aria-current={tab.current ? "page" : undefined}
              className={clsx(
                "-mb-px flex items-baseline gap-1 border-b-2 pb-2.5 text-sm whitespace-nowrap -outline-offset-2 transition-colors",
                tab.current ? "border-accent font-semibold text-ink" : "border-transparent font-medium text-muted hover:text-ink",
              )}
            >
              {tab.label}
              {tab.count === undefined ? null : (
                <span className="text-small font-normal text-muted tabular-nums max-sm:hidden">{tab.count}</span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
