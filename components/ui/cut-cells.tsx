"use client";
import type { FocusEvent, PointerEvent, ReactNode } from "react";

/** Where a cell is too narrow for its text, the whole comes up under the pointer; the focus shows it too (app/list.css). */
export function CutCells({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section aria-label={label} onPointerOver={tellWhole} onFocus={tellWhole}>
      {children}
    </section>
  );
}

function tellWhole({ target }: PointerEvent | FocusEvent): void {
  const cell = target instanceof Element ? target.closest<HTMLElement>("td, th") : null;
  if (cell === null) return;
  const parts = [...cell.querySelectorAll<HTMLElement>(".cut")];
  for (const part of parts.length > 0 ? parts : [cell]) {
    if (part.scrollWidth > part.clientWidth) part.title = part.textContent;
    else part.removeAttribute("title");
  }
}
