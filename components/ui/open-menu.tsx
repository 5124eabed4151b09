"use client";
import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import { clsx } from "clsx";
import Link from "next/link";
import { type ReactElement, type RefObject, useRef } from "react";
import type { MenuEntry, MenuProps } from "./menu.tsx";
import { useFirstItem } from "./use-first-item.ts";

export interface OpenMenuProps extends MenuProps {
  readonly isByKeyboard: boolean;
  readonly trigger: (ref: RefObject<HTMLButtonElement | null>) => ReactElement;
}

/** What a `Menu` is once it was opened; it comes open. */
export function OpenMenu({ groups, isByKeyboard, trigger: drawTrigger }: OpenMenuProps) {
  const trigger = useRef<HTMLButtonElement>(null);
  const onFocus = useFirstItem(isByKeyboard);
  const chosen = useRef<(() => void) | null>(null);
  const closed = (event: Event) => {
    const act = chosen.current;
    if (act === null) return;
    chosen.current = null;
    event.preventDefault();
    trigger.current?.focus();
    act();
  };
  return (
    // Modal, it would hide the page from screen readers while leaving its links in the tab order.
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{drawTrigger(trigger)}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          onFocus={onFocus}
          onCloseAutoFocus={closed}
          className="z-40 min-w-56 max-w-72 animate-appear rounded-lg border border-line bg-surface p-1.5 shadow-floating"
        >
          {groups
            .filter((group) => group.length > 0)
            .map((group, nth) => (
              <DropdownMenu.Group key={group[0]?.label} className={clsx(nth > 0 && "mt-1.5 border-t border-line pt-1.5")}>
                {group.map((entry) => (
                  <Entry
                    key={entry.label}
                    entry={entry}
                    choose={(act) => {
                      chosen.current = act;
                    }}
                  />
                ))}
              </DropdownMenu.Group>
            ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const item =
  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1.5 text-sm outline-none data-highlighted:bg-sunken aria-disabled:cursor-not-allowed [&_svg]:size-4 [&_svg]:shrink-0";

function Entry({ entry, choose }: { readonly entry: MenuEntry; readonly choose: (act: () => void) => void }) {
  const { label, icon, danger = false, href, file = false, onSelect, unavailable } = entry;
  const look = clsx(item, danger ? "text-harm" : "[&_svg]:text-muted");
  if (href !== undefined)
    return (
      <DropdownMenu.Item asChild className={look}>
        {file ? (
          <a href={href}>
            {icon}
            {label}
          </a>
        ) : (
          <Link href={href}>
            {icon}
            {label}
          </Link>
        )}
      </DropdownMenu.Item>
    );
  return (
    <DropdownMenu.Item
      aria-disabled={unavailable !== undefined || undefined}
      onSelect={(event) => (unavailable === undefined ? onSelect && choose(onSelect) : event.preventDefault())}
      className={look}
    >
      {icon}
      <span className="grid">
        {label}
        {unavailable === undefined ? null : <span className="text-fine text-muted">{unavailable}</span>}
      </span>
    </DropdownMenu.Item>
  );
}
