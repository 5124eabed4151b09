"use client";
import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** The button that opens it; focus returns to it, or without one to whatever had it before. */
  readonly trigger?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons, the main one last. */
  readonly footer?: ReactNode;
}

/** A task that interrupts the page. Escape and the cross close it. */
export function Dialog({ open, onOpenChange, title, description, trigger, children, footer }: DialogProps) {
  const returnFocus = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      {trigger ? <Radix.Trigger asChild>{trigger}</Radix.Trigger> : null}
      <Radix.Portal>
        <Radix.Overlay className={overlayClass} />
        <Radix.Content className={panelClass} {...(trigger ? {} : returnFocus)} {...(description ? {} : { "aria-describedby": undefined })}>
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="text-title">{title}</Radix.Title>
            <Radix.Close
              className="-m-1.5 grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
              aria-label="Close"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          </div>
          {description ? <Radix.Description className="mt-1 text-sm text-pretty text-muted">{description}</Radix.Description> : null}
          {children ? <div className="mt-6 grid gap-4">{children}</div> : null}
          {footer ? <div className={footerClass}>{footer}</div> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What a dialog without a trigger of its own needs to give the focus back. */
export function useReturnFocus() {
  const before = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      before.current?.focus();
    },
  };
}

export const overlayClass = "fixed inset-0 z-40 bg-shade";
export const panelClass =
  "fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 animate-appear overflow-y-auto rounded-lg border border-line bg-surface p-6 shadow-floating";
export const footerClass = "mt-6 flex flex-wrap justify-end gap-2 max-sm:[&>*]:min-h-11 max-sm:[&>*]:flex-1";
