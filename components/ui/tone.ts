/**
 * What something means for the reader; always said in words too. "warn": somebody should act. "bad": somebody is harmed until one does, or
 * what was asked for did not happen. Nothing else is amber or red.
 */
export const tones = ["good", "warn", "bad", "info", "neutral"] as const;
export type Tone = (typeof tones)[number];

export const toneText: Record<Tone, string> = {
  good: "text-good",
  warn: "text-ask",
  bad: "text-harm",
  info: "text-accent",
  neutral: "text-muted",
};
