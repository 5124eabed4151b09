"use client";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

/** The address whose heading was announced last; null until the first page, which the browser announces by itself. */
let announced: string | null = null;

const sizes = {
  display: "text-display text-pretty",
  lead: "max-w-[44rem] text-lead text-pretty",
  title: "text-title",
  /** For those who listen alone: the page opens with where one is among others, or with its list. */
  unseen: "sr-only",
};

export function PageHeading({ size = "lead", children }: { readonly size?: keyof typeof sizes; readonly children: ReactNode }) {
  const pathname = usePathname();
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Whoever opened a dialog before the page was there goes on in it.
    const isBusy = document.activeElement?.closest("[role=dialog], [role=alertdialog]") != null;
    if (announced !== null && announced !== pathname && !isBusy) ref.current?.focus({ preventScroll: true });
    announced = pathname;
  }, [pathname]);
  return (
    <h1 ref={ref} tabIndex={-1} className={`${sizes[size]} break-words`}>
      {children}
    </h1>
  );
}
