import type { Tone } from "#components/ui/tone.ts";
import type { Whereabouts, WhyTarget } from "#lib/services/why/schema.ts";

/** Of whoever is where they should be there is none: a word is enough. */
export const whereTones: Readonly<Record<Whereabouts, Tone | null>> = {
  active: null,
  barred: "warn",
  deactivated: "neutral",
  waits: "warn",
  "left-out": "warn",
  "not-rostered": "neutral",
  "out-of-scope": "warn",
  gone: "neutral",
};

/** The app hands its addresses over. */
/** Null: it does not open for whoever reads. */
export type HrefOf = (to: WhyTarget) => string | null;
