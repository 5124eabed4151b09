"use client";
import { type FocusEvent, useRef } from "react";

/**
 * For the content of a menu that comes open (`useOnDemand`): whoever opened it by keyboard is on its first entry, which Radix sees to only for
 * keys that were pressed when it was there already.
 */
export function useFirstItem(isByKeyboard: boolean): (event: FocusEvent<HTMLElement>) => void {
  const isLeft = useRef(isByKeyboard);
  return ({ target, currentTarget }) => {
    if (!isLeft.current || target !== currentTarget) return;
    isLeft.current = false;
    currentTarget.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  };
}
