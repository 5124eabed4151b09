"use client";
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { Icon } from "#components/ui/icon.tsx";
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
        className="find-opener"
      >
        <Icon name="search" />
        <span className="truncate max-sm:sr-only">{props.label}</span>
        <Key />
      </button>
      {opened !== null ? (
        <Suspense
          fallback={
            <WaitingField label={props.label} text={opened.typed} onType={(typed) => setOpened({ ...opened, typed })} onClose={giveUp} />
          }
        >
          <Palette {...props} typed={opened.typed} opener={opened.by} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
}

const never = () => () => {};

/** How the keyboard of whoever looks at it writes the shortcut; the server writes it as most do. */
function Key() {
  const isMac = useSyncExternalStore(
    never,
    () => /Mac|iP(hone|ad|od)/.test(navigator.platform),
    () => false,
  );
  return <kbd aria-hidden>{isMac ? "⌘K" : "Ctrl K"}</kbd>;
}
