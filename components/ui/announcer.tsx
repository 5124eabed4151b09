"use client";
import { useEffect, useRef, useSyncExternalStore } from "react";

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
