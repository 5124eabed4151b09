/** Whether a file is a list or changes, as its rows have it. */
import { cleanText } from "#lib/roster/text.ts";
import type { Header } from "./headers.ts";
import type { Spooled } from "./spool.ts";
import { rowsOf } from "./table.ts";

/**
 * Whether every row has a status and a date, which OneRoster 1.2 wants blank in a list and filled in changes; of a file that is only
 * partly there, every row of that. A list as it should be tells it by its first row. @throws RunFailure as `rowsOf`
 */
export async function areChanges(file: Spooled, { columns, modifiedAt }: Header): Promise<boolean> {
  const statusAt = columns.find(({ name }) => name === "status")?.index;
  if (statusAt === undefined || modifiedAt === null) return false;
  const isFilled = (cells: readonly string[], at: number) => cleanText(cells[at] ?? "") !== "";
  let rows = -1;
  for await (const group of rowsOf(file)) {
    for (const { cells } of group) {
      rows += 1;
      if (rows > 0 && !(isFilled(cells, statusAt) && isFilled(cells, modifiedAt))) return false;
    }
  }
  return rows > 0;
}
