"use client";
import * as Dialog from "@radix-ui/react-dialog";
import { type ReactElement, useState } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { overlayClass } from "#components/ui/overlay.ts";
import { Brand } from "./brand.tsx";
import type { PhoneNavProps } from "./nav.ts";
import { NavList } from "./nav-list.tsx";

export interface OpenPhoneNavProps extends PhoneNavProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
}

/** The places in a drawer; it comes open. */
export function OpenPhoneNav({ trigger, nav, district, footer }: OpenPhoneNavProps) {
  const [open, setOpen] = useState(true);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>{trigger}</Dialog.Trigger>
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
              <Icon name="x" className="size-5" />
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
