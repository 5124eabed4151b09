import { formatNumber } from "#lib/platform/format/number.ts";
import type { Night } from "#lib/services/overview/nights-schema.ts";
import { formatNight, markWords } from "./night-words.ts";

/** The band for those who listen: the same figures, a row a night. */
export function NightsTable({ nights }: { readonly nights: readonly Night[] }) {
  return (
    <div className="sr-only">
      <table>
        <caption>The last 30 nights in figures</caption>
        <thead>
          <tr>
            {["Night", "Arrived", "Left", "Left, can still sign in", "Changed", "How it ended"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {nights.map((night) => (
            <tr key={night.day}>
              <th scope="row">{formatNight(night.day)}</th>
              <td>{formatNumber(night.arrived)}</td>
              <td>{formatNumber(night.left)}</td>
              <td>{formatNumber(night.still)}</td>
              <td>
                {night.isAtLeast ? "at least " : ""}
                {formatNumber(night.changed)}
              </td>
              <td>{night.isFirst ? "First import" : night.mark === null ? "Applied" : markWords[night.mark].sentence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
