/** product.md's presets, in its order. Apart from what checks a schedule, so that a form which only offers them stays light. */
export const schedulePresets = [
  { id: "daily", label: "Daily at 2 AM", cron: "0 2 * * *" },
  { id: "weekdays", label: "Weekdays at 6 AM", cron: "0 6 * * 1-5" },
  { id: "six-hourly", label: "Every 6 hours", cron: "0 */6 * * *" },
  { id: "manual", label: "Manual only", cron: null },
] as const;
