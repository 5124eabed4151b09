"use client";
import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import Link from "next/link";
import type { ReactElement } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { useFirstItem } from "#components/ui/use-first-item.ts";
import type { Theme } from "./theme.ts";
import { ThemeChoice } from "./theme-choice.tsx";

export interface OpenUserMenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly isByKeyboard: boolean;
  readonly theme: Theme;
  readonly ownSignInHref: string;
  readonly onLeave: () => void;
}

const item =
  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm outline-none data-highlighted:bg-sunken [&_svg]:size-4 [&_svg]:text-muted";

/** The menu of the account; it comes open. */
export function OpenUserMenu({ trigger, isByKeyboard, theme, ownSignInHref, onLeave }: OpenUserMenuProps) {
  const onFocus = useFirstItem(isByKeyboard);
  return (
    // Modal, it would hide the page from screen readers while leaving its links in the tab order.
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          onFocus={onFocus}
          className="z-50 w-60 animate-appear rounded-lg border border-line bg-surface p-1.5 shadow-floating"
        >
          <ThemeChoice initial={theme} />
          <DropdownMenu.Separator className="my-1.5 h-px bg-line" />
          <DropdownMenu.Item asChild className={item}>
            <Link href={ownSignInHref}>
              <Icon name="key-round" />
              Your sign-in
            </Link>
          </DropdownMenu.Item>
          <DropdownMenu.Item onSelect={onLeave} className={item}>
            <Icon name="log-out" />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
