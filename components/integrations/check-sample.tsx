import { clsx } from "clsx";
import type { CheckSample } from "./check-step.ts";

/** The first rows of a file, or records of an endpoint, as Aivo understands them. */
export function Sample({ sample }: { readonly sample: CheckSample }) {
  const skipped = sample.rows.filter((row) => row.skipped !== null).length;
  const isEndpoint = sample.part.startsWith("/");
  const noun = isEndpoint ? "records" : "rows";
  return (
    <details className="min-w-0 text-sm">
      <summary className="min-h-6 cursor-pointer content-center rounded-sm text-muted hover:text-ink">
        First {sample.rows.length} {noun} of {sample.part}
        {skipped > 0 ? `, ${skipped} would be skipped` : ""}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, which a keyboard does on what has focus */}
      <section aria-label={`First ${noun} of ${sample.part}`} tabIndex={0} className="mt-2 overflow-x-auto border-y border-line">
        <table className="w-full border-collapse text-small">
          <thead>
            <tr className="border-b border-line">
              <th scope="col" className="px-2.5 py-1.5 text-right eyebrow">
                {isEndpoint ? "No." : "Line"}
              </th>
              {sample.columns.map((column) => (
                <th key={column} scope="col" className="px-2.5 py-1.5 text-left eyebrow whitespace-nowrap">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {sample.rows.map((row) => (
              <SampleRow key={row.line} row={row} columns={sample.columns} />
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function SampleRow({ row, columns }: { readonly row: CheckSample["rows"][number]; readonly columns: readonly string[] }) {
  // Parents and districts are left aside by design; whatever else is skipped deserves a look.
  const isByDesign = row.skipped?.startsWith("not rostered") ?? false;
  const frame = row.skipped === null ? undefined : "text-muted";
  return (
    <>
      <tr className={frame}>
        <th scope="row" className="px-2.5 py-1.5 text-right font-normal text-muted tabular-nums">
          {row.line}
        </th>
        {columns.map((column, index) => (
          <td key={column} className="max-w-64 truncate px-2.5 py-1.5 whitespace-nowrap">
            {row.values[index] || <span className="text-muted">–</span>}
          </td>
        ))}
      </tr>
      {row.skipped === null ? null : (
        <tr className={frame}>
          <td />
          <td colSpan={columns.length} className={clsx("px-2.5 pb-1.5", isByDesign ? "text-muted" : "text-ask")}>
            {row.skipped}
          </td>
        </tr>
      )}
    </>
  );
}
