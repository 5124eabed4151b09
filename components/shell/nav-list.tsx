"use client";
import { clsx } from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Icon } from "#components/ui/icon.tsx";
import { type NavItem, navIcons } from "./nav.ts";

export function NavList({ items, onNavigate }: { readonly items: readonly NavItem[]; readonly onNavigate?: () => void }) {
  const pathname = usePathname();
  return (
    <ul className="grid gap-0.5">
      {items.map((item) => {
        const current = item.sections.some((section) => pathname === section || pathname.startsWith(`${section}/`));
        return (
          <li key={item.href}>
            <Link
              href={item.href}
              onClick={onNavigate}
              aria-current={pathname === item.href ? "page" : current ? "true" : undefined}
              className={clsx(
                "flex min-h-9 items-center gap-2.5 rounded-md px-2 text-sm transition-colors max-lg:min-h-11",
                current
                  ? "bg-sunken font-semibold text-ink [&_svg]:text-accent"
                  : "font-medium text-soft hover:bg-sunken [&_svg]:text-muted",
              )}
            >
              <Icon name={navIcons[item.icon]} className="size-4 shrink-0" />
              {item.label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
