"use client";
import { type ReactNode, type RefObject, Suspense, useRef, useState } from "react";
import { DialogTrigger, type TriggerElement } from "./dialog-trigger.tsx";

/** What a dialog is given that comes open, and is gone once it is closed. */
export interface Opened {
  readonly onClose: () => void;
  /** Holds the button that opened it, where the focus returns to. */
  readonly pressed: RefObject<HTMLElement | null>;
}

export interface DialogOpenerProps {
  readonly trigger: TriggerElement;
  /** The import that React.lazy is given for what `children` draws. */
  readonly fetchIt: () => Promise<unknown>;
  readonly children: (opened: Opened) => ReactNode;
}

/** A button and the dialog that it opens, all of which is fetched on demand and begins anew each time. */
export function DialogOpener({ trigger, fetchIt, children }: DialogOpenerProps) {
  const [isOpen, setOpen] = useState(false);
  const pressed = useRef<HTMLElement>(null);
  return (
    <>
      <DialogTrigger of={trigger} isOpen={isOpen} onOpen={() => setOpen(true)} fetchIt={fetchIt} pressed={pressed} />
      {isOpen ? <Suspense>{children({ onClose: () => setOpen(false), pressed })}</Suspense> : null}
    </>
  );
}
