"use client";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";

let said = "";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells whoever listens to the page, and does not see it, what has changed on it. */
export function announce(text: string): void {
  said = text;
  for (const listener of listeners) listener();
}

/** The one polite live region, there from the start on: what comes into a page together with its words is not read out everywhere. */
export function Announcer() {
  const text = useSyncExternalStore(
    subscribe,
    () => said,
    () => "",
  );
  return (
    <div role="status" aria-label="What has changed" className="sr-only">
      {text}
    </div>
  );
}

/** Announces its text whenever that becomes another one; what a page opens with is read anyway. */
export function Announced({ text }: { readonly text: string }) {
  const last = useRef(text);
  useEffect(() => {
    if (last.current === text) return;
    last.current = text;
    announce(text);
  }, [text]);
  return null;
}

/** The address whose heading was announced last; null until the first page, which the browser announces by itself. */
let announced: string | null = null;

const sizes = {
  display: "text-display text-pretty",
  lead: "max-w-[44rem] text-lead text-pretty",
  title: "text-title",
  /** For those who listen alone: the page opens with where one is among others, or with its list. */
  unseen: "sr-only",
};

/** The first heading of a page: whoever came by a link hears it, for the focus goes to it. */
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
