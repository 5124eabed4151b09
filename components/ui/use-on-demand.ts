"use client";
import { type MouseEvent, useState } from "react";

export interface OnDemand {
  /** Somebody asked for it: show what was fetched, open. */
  readonly isWanted: boolean;
  /** A key asked for it. */
  readonly isByKeyboard: boolean;
  /** For the button that opens it, until what it opens is there. */
  readonly opener: { readonly onPointerEnter: () => void; readonly onFocus: () => void; readonly onClick: (event: MouseEvent) => void };
}

/**
 * A menu or panel whose code most visits never need: it is fetched when the hand or the keyboard comes near its button, and shown when that is
 * pressed. `fetchIt` is the import that React.lazy is given too.
 */
export function useOnDemand(fetchIt: () => Promise<unknown>): OnDemand {
  const [wanted, setWanted] = useState<"by hand" | "by keyboard" | null>(null);
  // What cannot be fetched now is fetched again when it is wanted, and then fails where it is seen.
  const near = () => void fetchIt().catch(() => undefined);
  // A click that a key makes counts no presses.
  const want = ({ detail }: MouseEvent) => setWanted(detail === 0 ? "by keyboard" : "by hand");
  return {
    isWanted: wanted !== null,
    isByKeyboard: wanted === "by keyboard",
    opener: { onPointerEnter: near, onFocus: near, onClick: want },
  };
}
