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
    <nav aria-label={label} className="link-tabs">
      <ul>
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link href={tab.href} prefetch={false} aria-current={tab.current ? "page" : undefined}>
              {tab.label}
              {tab.count === undefined ? null : <small>{tab.count}</small>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
