import { type RefObject, useRef } from "react";
import { giveFocusBack } from "./give-focus-back.ts";

/** Gives the focus back when a dialog closes: to the button that was pressed, or without one to whatever had it before. */
export function useReturnFocus(pressed?: RefObject<HTMLElement | null>) {
  const before = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = pressed?.current ?? (document.activeElement instanceof HTMLElement ? document.activeElement : null);
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      giveFocusBack(before.current);
    },
  };
}
