"use client";
import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import type { PaletteProps } from "./palette.tsx";

const load = async () => ({ default: (await import("./palette.tsx")).Palette });
const Palette = lazy(load);

export type FindProps = Omit<PaletteProps, "onClose">;

/** The one search of the portal: a field in the header (on a phone its sign alone) and ⌘K or Ctrl K open it. */
export function Find(props: FindProps) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    // Ready before somebody asks, and after the page itself.
    const timer = setTimeout(load, 300);
    const pressed = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    document.addEventListener("keydown", pressed);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", pressed);
    };
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-haspopup="dialog"
        aria-keyshortcuts="Meta+K Control+K"
        className="flex size-10 shrink-0 items-center justify-center gap-2.5 rounded-md text-sm text-muted hover:bg-sunken sm:h-control sm:w-full sm:max-w-[26rem] sm:justify-start sm:border sm:border-edge/60 sm:bg-surface sm:px-3 sm:hover:border-edge sm:hover:bg-surface"
      >
        <Search aria-hidden className="size-5 shrink-0 sm:size-4" />
        <span className="truncate max-sm:sr-only">Find a person, class, school or sync</span>
        <Key className="ml-auto hidden sm:inline" />
      </button>
      {isOpen ? (
        <Suspense>
          <Palette {...props} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

const never = () => () => {};

/** How the keyboard of whoever looks at it writes the shortcut; the server writes it as most do. */
function Key({ className }: { readonly className: string }) {
  const isMac = useSyncExternalStore(
    never,
    () => /Mac|iP(hone|ad|od)/.test(navigator.platform),
    () => false,
  );
  return (
    <kbd aria-hidden className={`rounded-sm border border-line px-1.5 font-sans text-[0.6875rem] leading-5 ${className}`}>
      {isMac ? "⌘K" : "Ctrl K"}
    </kbd>
  );
}
