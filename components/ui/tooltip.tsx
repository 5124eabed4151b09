"use client";
import * as Radix from "@radix-ui/react-tooltip";
import { type ReactNode, useRef, useState } from "react";

export interface TooltipProps {
  readonly content: ReactNode;
  /** One focusable element. */
  readonly children: ReactNode;
}

/**
 * More about a control, on hover and focus. Never the only place where something is said on a phone.
 * Radix closes it at any scrolling, also at the one by which the browser brings a control into sight that the keyboard has just
 * come to. So while the keyboard is on the control, nothing but Escape closes it; going on takes the focus, and closes it then.
 */
export function Tooltip({ content, children }: TooltipProps) {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const isDismissed = useRef(false);
  const change = (next: boolean) => {
    if (!next && !isDismissed.current && trigger.current?.matches(":focus-visible")) return;
    isDismissed.current = false;
    setOpen(next);
  };
  return (
    <Radix.Provider delayDuration={250}>
      <Radix.Root open={open} onOpenChange={change}>
        <Radix.Trigger ref={trigger} asChild>
          {children}
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            sideOffset={6}
            collisionPadding={12}
            onEscapeKeyDown={() => {
              isDismissed.current = true;
            }}
            className="z-50 max-w-72 animate-appear rounded-md bg-ink px-2.5 py-1.5 text-small leading-snug text-canvas shadow-floating"
          >
            {content}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
