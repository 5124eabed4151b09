import { collectionWords } from "#components/issues/issue-words.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { collections } from "#lib/roster/canonical.ts";
import { type RowsByCollection, type RowTotals, rowFates } from "#lib/roster/row-totals.ts";

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

/** What became of every row that was read, so that it can be added up: "3,650 read: 12 created, 3,630 unchanged, 8 left out". */
export function RowAccount({ became }: { readonly became: RowsByCollection }) {
  const read = collections.flatMap((collection) => {
    const of = became[collection];
    return of && of.read + of.again > 0 ? [{ collection, of }] : [];
  });
  if (read.length === 0) return null;
  return (
    <div className="border-t border-line pt-3">
      <p className="eyebrow">What became of the rows</p>
      <dl className="mt-1 grid gap-1 text-sm">
        {read.map(({ collection, of }) => (
          <div key={collection} className="grid gap-x-4 sm:grid-cols-[9rem_1fr]">
            <dt>{collectionWords[collection]}</dt>
            <dd className="text-muted tabular-nums">{accountInWords(of)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function accountInWords(of: RowTotals): string {
  const again = of.again === 0 ? "" : ` and ${formatNumber(of.again)} of earlier reads`;
  const fates = rowFates.filter((fate) => of[fate] > 0).map((fate) => `${formatNumber(of[fate])} ${fateWords[fate]}`);
  return `${formatNumber(of.read)} read${again}: ${fates.join(", ")}`;
}
