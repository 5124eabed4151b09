"use client";
import {
  type ComponentProps,
  cloneElement,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import type { TooltipBubble } from "./tooltip-bubble.tsx";

export interface TooltipProps {
  /** Left out: there is nothing more to say of it now. */
  readonly content: ReactNode | undefined;
  /** One focusable element. */
  readonly children: ReactElement<ComponentProps<"button">>;
}

const delayMs = 250;
const fetchBubble = () => import("./tooltip-bubble.tsx");

/**
 * More about a control, on hover and focus. Never the only place where something is said on a phone.
 * Most visits point at none: how it is drawn is fetched when the hand or the keyboard comes to a control that has one, and stands beside the
 * control, which stays the element that it is and keeps its focus.
 * Scrolling closes it, also the scrolling by which the browser brings a control into sight that the keyboard has just come to. So while the
 * keyboard is on the control, nothing but Escape closes it; going on takes the focus, and closes it then.
 */
export function Tooltip({ content, children }: TooltipProps) {
  const [Bubble, setBubble] = useState<typeof TooltipBubble | null>(null);
  const [control, setControl] = useState<HTMLElement | null>(null);
  const [isOpen, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isHovered = useRef(false);
  const isPressed = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  const open = (of: HTMLElement, afterMs: number) => {
    // What cannot be fetched now is not said now: it is asked for again when somebody comes again.
    fetchBubble().then(
      ({ TooltipBubble }) => setBubble(() => TooltipBubble),
      () => undefined,
    );
    clearTimeout(timer.current);
    setControl(of);
    if (afterMs === 0) setOpen(true);
    else timer.current = setTimeout(() => setOpen(true), afterMs);
  };
  const close = (isDismissed = false) => {
    clearTimeout(timer.current);
    if (isDismissed || control?.matches(":focus-visible") !== true) setOpen(false);
  };
  if (content === undefined) {
    // In the place where it stands with a tooltip: a control that can be used at last is still the same one.
    return (
      <>
        {children}
        {null}
      </>
    );
  }
  const isShown = isOpen && Bubble !== null && control !== null;
  const { onPointerMove, onPointerLeave, onPointerDown, onFocus, onBlur, onClick } = children.props;
  const trigger = cloneElement(children, {
    onPointerMove: (event: PointerEvent<HTMLButtonElement>) => {
      onPointerMove?.(event);
      if (event.pointerType === "touch" || isHovered.current) return;
      isHovered.current = true;
      open(event.currentTarget, delayMs);
    },
    onPointerLeave: (event: PointerEvent<HTMLButtonElement>) => {
      onPointerLeave?.(event);
      isHovered.current = false;
      // The way from the control to what is shown of it is left to what is shown.
      if (isShown) clearTimeout(timer.current);
      else close();
    },
    onPointerDown: (event: PointerEvent<HTMLButtonElement>) => {
      onPointerDown?.(event);
      close();
      isPressed.current = true;
      document.addEventListener("pointerup", () => (isPressed.current = false), { once: true });
    },
    onFocus: (event) => {
      onFocus?.(event);
      if (!isPressed.current) open(event.currentTarget, 0);
    },
    onBlur: (event) => {
      onBlur?.(event);
      close(true);
    },
    onClick: (event) => {
      onClick?.(event);
      close();
    },
  });
  return (
    <>
      {trigger}
      {isShown ? (
        <Bubble of={control} onClose={close}>
          {content}
        </Bubble>
      ) : null}
    </>
  );
}
