"use client";
import { useEffect, useState } from "react";
import type { OpeningTooltip, TooltipProps } from "./opening-tooltip.tsx";

type Opening = typeof OpeningTooltip;

/** Once it has been fetched, whatever comes later has it from its first moment. */
let fetched: Opening | null = null;

/** More about a control, on hover and focus. Never the only place where something is said on a phone. How it opens is fetched when the page stands. */
export function Tooltip({ content, children }: TooltipProps) {
  const [Loaded, setLoaded] = useState<Opening | null>(() => fetched);
  useEffect(() => {
    if (Loaded !== null) return;
    const stop = new AbortController();
    const load = async () => {
      fetched = (await import("./opening-tooltip.tsx")).OpeningTooltip;
      const take = () => setLoaded(() => fetched);
      // The control is made anew with it, and must not be while somebody is on it.
      if (stop.signal.aborted) return;
      if (document.activeElement === document.body) take();
      else document.addEventListener("focusout", take, { once: true, signal: stop.signal });
    };
    // Without it the control is as usable as before.
    void load().catch(() => undefined);
    return () => stop.abort();
  }, [Loaded]);
  return Loaded === null ? children : <Loaded content={content}>{children}</Loaded>;
}
