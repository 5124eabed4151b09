import Link from "next/link";
import { Icon } from "#components/ui/icon.tsx";

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

/** The way up from this page; the page itself is the h1 below. */
export function Breadcrumbs({ crumbs }: { readonly crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="flex flex-wrap items-center gap-1 text-sm text-muted">
        {crumbs.map((crumb, index) => (
          <li key={crumb.href} className="flex items-center gap-1">
            {index > 0 && <Icon name="chevron-right" className="size-3.5" />}
            <Link href={crumb.href} className="rounded underline-offset-4 hover:text-ink hover:underline">
              {crumb.label}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
