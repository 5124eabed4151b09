import { formatNumber } from "#lib/platform/format/number.ts";
import { type RowTotals, rowFates } from "#lib/roster/row-totals.ts";

const fateWords: Record<(typeof rowFates)[number], string> = {
  created: "created",
  updated: "updated",
  reactivated: "reactivated",
  linked: "linked",
  unchanged: "unchanged",
  repeated: "repeated",
  skipped: "left out",
  notRostered: "not rostered",
  outOfScope: "out of scope",
  withdrawn: "withdrawn by the SIS",
};

/** What became of every row of a list, so that it can be added up: "3,650 read: 12 created, 3,630 unchanged, 8 left out". */
export function accountInWords(of: RowTotals): string {
  const again = of.again === 0 ? "" : ` and ${formatNumber(of.again)} of earlier reads`;
  const fates = rowFates.filter((fate) => of[fate] > 0).map((fate) => `${formatNumber(of[fate])} ${fateWords[fate]}`);
  return `${formatNumber(of.read)} read${again}: ${fates.join(", ")}`;
}
