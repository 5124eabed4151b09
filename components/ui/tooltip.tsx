"use client";
import { useEffect, useState } from "react";
import type { OpeningTooltip, TooltipProps } from "./opening-tooltip.tsx";

type Opening = typeof OpeningTooltip;

/** More about a control, on hover and focus. Never the only place where something is said on a phone. How it opens is fetched when the page stands. */
export function Tooltip({ content, children }: TooltipProps) {
  const [Loaded, setLoaded] = useState<Opening | null>(null);
  useEffect(() => {
    let isHere = true;
    const load = async () => {
      const loaded = await import("./opening-tooltip.tsx");
      if (isHere) setLoaded(() => loaded.OpeningTooltip);
    };
    // Without it the control is as usable as before.
    void load().catch(() => undefined);
    return () => {
      isHere = false;
    };
  }, []);
  return Loaded === null ? children : <Loaded content={content}>{children}</Loaded>;
}
