"use client";
import * as Dialog from "@radix-ui/react-dialog";
import { Menu, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { overlayClass } from "#components/ui/dialog.tsx";
import { Brand } from "./brand.tsx";
import type { NavItem } from "./nav.ts";
import { NavList } from "./nav-list.tsx";

export interface PhoneNavProps {
  readonly nav: readonly NavItem[];
  readonly district: string;
  /** Under the places: the user's menu. */
  readonly footer?: ReactNode;
}

export function PhoneNav({ nav, district, footer }: PhoneNavProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger
        aria-label="Open menu"
        className="grid size-10 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
      >
        <Menu aria-hidden className="size-5" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayClass} />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] animate-appear flex-col gap-5 border-r border-line bg-surface p-3 shadow-floating"
        >
          <div className="flex items-center justify-between gap-2 pt-1 pl-2">
            <Brand district={district} />
            <Dialog.Close
              aria-label="Close menu"
              className="grid size-10 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-5" />
            </Dialog.Close>
          </div>
          <Dialog.Title className="sr-only">Menu</Dialog.Title>
          <nav aria-label="Portal" className="flex-1">
            <NavList items={nav} onNavigate={() => setOpen(false)} />
          </nav>
          {footer}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
