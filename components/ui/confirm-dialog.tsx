"use client";
import { lazy, Suspense, useRef, useState } from "react";
import type { ConfirmBoxProps } from "./confirm-box.tsx";
import { DialogTrigger, type TriggerElement } from "./dialog-trigger.tsx";

export interface ConfirmDialogProps extends Omit<ConfirmBoxProps, "pressed" | "onOpenChange"> {
  /** The button that asks; focus returns to it. Left out where `asked` opens it. */
  readonly trigger?: TriggerElement | undefined;
  /** Opens it from elsewhere, such as a menu. */
  readonly asked?: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void };
}

const box = () => import("./confirm-box.tsx");
const ConfirmBox = lazy(() => box().then(({ ConfirmBox }) => ({ default: ConfirmBox })));

/** Asks before something is done that is not easily taken back. */
export function ConfirmDialog({ trigger, asked, ...rest }: ConfirmDialogProps) {
  const [isOpen, setIsOpen] = useState(false);
  const pressed = useRef<HTMLElement>(null);
  const open = asked?.open ?? isOpen;
  const setOpen = asked?.onOpenChange ?? setIsOpen;
  return (
    <>
      {trigger ? <DialogTrigger of={trigger} isOpen={open} onOpen={() => setOpen(true)} fetchIt={box} pressed={pressed} /> : null}
      {open ? (
        <Suspense>
          <ConfirmBox {...rest} onOpenChange={setOpen} pressed={pressed} />
        </Suspense>
      ) : null}
    </>
  );
}
