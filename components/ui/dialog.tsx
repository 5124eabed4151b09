"use client";
import { lazy, Suspense, useRef } from "react";
import type { DialogBoxProps } from "./dialog-box.tsx";
import { DialogTrigger, type TriggerElement } from "./dialog-trigger.tsx";

export interface DialogProps extends Omit<DialogBoxProps, "pressed"> {
  readonly open: boolean;
  /** The button that opens it; focus returns to it, or without one to whatever had it before. */
  readonly trigger?: TriggerElement | undefined;
}

const box = () => import("./dialog-box.tsx");
const DialogBox = lazy(() => box().then(({ DialogBox }) => ({ default: DialogBox })));

/** A task that interrupts the page. Escape and the cross close it. */
export function Dialog({ open, trigger, ...rest }: DialogProps) {
  const pressed = useRef<HTMLElement>(null);
  return (
    <>
      {trigger ? <DialogTrigger of={trigger} isOpen={open} onOpen={() => rest.onOpenChange(true)} fetchIt={box} pressed={pressed} /> : null}
      {open ? (
        <Suspense>
          <DialogBox {...rest} pressed={pressed} />
        </Suspense>
      ) : null}
    </>
  );
}
