"use client";
import * as Radix from "@radix-ui/react-dialog";
import type { ReactNode, RefObject } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { footerClass, overlayClass, panelClass } from "./overlay.ts";
import { useReturnFocus } from "./use-return-focus.ts";

export interface DialogBoxProps {
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons, the main one last. */
  readonly footer?: ReactNode;
  /** The button that opened it. */
  readonly pressed: RefObject<HTMLElement | null>;
}

/** What a `Dialog` is while it is open. */
export function DialogBox({ onOpenChange, title, description, children, footer, pressed }: DialogBoxProps) {
  const returnFocus = useReturnFocus(pressed);
  return (
    <Radix.Root open onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlayClass} />
        <Radix.Content className={panelClass} {...returnFocus} {...(description ? {} : { "aria-describedby": undefined })}>
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="text-title">{title}</Radix.Title>
            <Radix.Close
              className="-m-1.5 grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
              aria-label="Close"
            >
              <Icon name="x" className="size-4" />
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
