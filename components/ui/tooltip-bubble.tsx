"use client";
import * as Radix from "@radix-ui/react-tooltip";
import { type ReactNode, type Ref, useEffect, useImperativeHandle } from "react";

export interface TooltipBubbleProps {
  readonly of: HTMLElement;
  /** Escape dismisses it; all else only asks for it to close. */
  readonly onClose: (isDismissed: boolean) => void;
  readonly children: ReactNode;
}

/** What is said of a control, beside it; it comes open. See `Tooltip`, which says when. */
export function TooltipBubble({ of, onClose, children }: TooltipBubbleProps) {
  return (
    <Radix.Provider>
      <Radix.Root open onOpenChange={() => onClose(false)}>
        <Radix.Trigger asChild>
          <Control element={of} />
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            sideOffset={6}
            collisionPadding={12}
            onEscapeKeyDown={() => onClose(true)}
            className="z-50 max-w-72 animate-appear rounded-md bg-ink px-2.5 py-1.5 text-small leading-snug text-canvas shadow-floating"
          >
            {children}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}

interface ControlProps {
  readonly element: HTMLElement;
  /** These two Radix gives. */
  readonly ref?: Ref<HTMLElement>;
  readonly "aria-describedby"?: string;
}

/** Draws nothing: the control is in the page already, and is described by what is said of it as long as that is there. */
function Control({ element, ref, "aria-describedby": describedBy }: ControlProps) {
  useImperativeHandle(ref, () => element, [element]);
  useEffect(() => {
    if (describedBy === undefined) return;
    const before = element.getAttribute("aria-describedby");
    element.setAttribute("aria-describedby", before === null ? describedBy : `${before} ${describedBy}`);
    return () => (before === null ? element.removeAttribute("aria-describedby") : element.setAttribute("aria-describedby", before));
  }, [element, describedBy]);
  return null;
}
