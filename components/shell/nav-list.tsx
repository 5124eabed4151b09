"use client";
import { clsx } from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type NavItem, navIcons } from "./nav.ts";

export function NavList({ items, onNavigate }: { readonly items: readonly NavItem[]; readonly onNavigate?: () => void }) {
  const pathname = usePathname();
  return (
    <ul className="grid gap-0.5">
      {items.map((item) => {
        const Icon = navIcons[item.icon];
        const current = pathname === item.section || pathname.startsWith(`${item.section}/`);
        return (
          <li key={item.href}>
            <Link
              href={item.href}
              onClick={onNavigate}
              aria-current={pathname === item.href ? "page" : current ? "true" : undefined}
              className={clsx(
                "flex min-h-10 items-center gap-3 rounded-md px-3 text-sm font-medium transition-colors",
                current ? "bg-accent-soft text-accent" : "text-muted hover:bg-sunken hover:text-ink",
              )}
            >
              <Icon aria-hidden className="size-[1.125rem] shrink-0" />
              {item.label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
