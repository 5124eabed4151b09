/** In the order in which an admin should read what they say: the likeliest explanation of everything first. */
export const detectorIds = [
  "rollover",
  "cut-off",
  "unproven-list",
  "left-without",
  "withdrawals",
  "school-withdrawals",
  "class-withdrawals",
  "week-withdrawals",
  "mass-change",
  "class-change",
  "first-matches",
  "reissued-ids",
  "takeovers",
] as const;
export type DetectorId = (typeof detectorIds)[number];
