"use client";
import * as Radix from "@radix-ui/react-alert-dialog";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { footerClass, overlayClass, panelClass } from "./overlay.ts";

export interface AlertBoxProps {
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** "I have copied it", "Understood". */
  readonly closeLabel: string;
}

/** What an `AlertDialog` is while it is open. */
export function AlertBox({ onClose, title, children, closeLabel }: AlertBoxProps) {
  return (
    <Radix.Root open onOpenChange={(next) => (next ? undefined : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className={overlayClass} />
        <Radix.Content className={panelClass}>
          <Radix.Title className="text-title">{title}</Radix.Title>
          <Radix.Description asChild>
            <div className="mt-2 grid gap-3 text-sm text-pretty text-soft">{children}</div>
          </Radix.Description>
          <div className={footerClass}>
            <Radix.Action asChild>
              <Button variant="primary">{closeLabel}</Button>
            </Radix.Action>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
