"use client";
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
              className="nav-link"
            >
              <Icon name={navIcons[item.icon]} />
              {item.label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
