"use client";
import { usePathname } from "next/navigation";
import { Icon } from "#components/ui/icon.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { type NavItem, navIcons } from "./nav.ts";

export function NavList({ items, onNavigate }: { readonly items: readonly NavItem[]; readonly onNavigate?: () => void }) {
  const pathname = usePathname();
  return (
    <ul className="grid gap-0.5">
      {items.map((item) => {
        const current = item.sections.some((section) => pathname === section || pathname.startsWith(`${section}/`));
        return (
          <li key={item.href}>
            <RowLink
              href={item.href}
              onClick={onNavigate}
              aria-current={pathname === item.href ? "page" : current ? "true" : undefined}
              className="nav-link"
            >
              <Icon name={navIcons[item.icon]} />
              {item.label}
            </RowLink>
          </li>
        );
      })}
    </ul>
  );
}
