"use client";
import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { fieldLabel } from "./looks.ts";
import type { PaletteProps } from "./palette.tsx";
import { WaitingField } from "./waiting-field.tsx";

const load = () => import("./palette.tsx");
const Palette = lazy(() => load().then(({ Palette }) => ({ default: Palette })));
// What cannot be fetched now is fetched again when it is opened, and then fails where it is seen.
const near = () => void load().catch(() => undefined);

export type FindProps = Omit<PaletteProps, "typed" | "opener" | "onClose">;

/** The one search of the portal: a field in the header (on a phone its sign alone) and ⌘K or Ctrl K open it. */
export function Find(props: FindProps) {
  const [opened, setOpened] = useState<{ readonly by: Element | null; readonly typed: string } | null>(null);
  const close = () => setOpened(null);
  const open = () => setOpened({ by: document.activeElement, typed: "" });
  const giveUp = () => {
    if (opened?.by instanceof HTMLElement) opened.by.focus({ preventScroll: true });
    close();
  };
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setOpened((was) => (was === null ? { by: document.activeElement, typed: "" } : null));
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return (
    <>
      <button
        type="button"
        onPointerEnter={near}
        onFocus={near}
        onClick={open}
        aria-haspopup="dialog"
        aria-keyshortcuts="Meta+K Control+K"
        className="flex size-10 shrink-0 items-center justify-center gap-2.5 rounded-md text-sm text-muted hover:bg-sunken sm:h-control sm:w-full sm:max-w-[26rem] sm:justify-start sm:border sm:border-edge/60 sm:bg-surface sm:px-3 sm:hover:border-edge sm:hover:bg-surface"
      >
        <Search aria-hidden className="size-5 shrink-0 sm:size-4" />
        <span className="truncate max-sm:sr-only">{fieldLabel}</span>
        <Key className="ml-auto hidden sm:inline" />
      </button>
      {opened !== null ? (
        <Suspense fallback={<WaitingField text={opened.typed} onType={(typed) => setOpened({ ...opened, typed })} onClose={giveUp} />}>
          <Palette {...props} typed={opened.typed} opener={opened.by} onClose={close} />
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
