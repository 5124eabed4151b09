/** What something means for the reader. Always said in words too. */
export const tones = ["good", "warn", "bad", "info", "neutral"] as const;
export type Tone = (typeof tones)[number];

export const toneText: Record<Tone, string> = {
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
  info: "text-accent",
  neutral: "text-muted",
};
export const toneSoft: Record<Tone, string> = {
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  info: "bg-accent-soft text-accent",
  neutral: "bg-sunken text-muted",
};
