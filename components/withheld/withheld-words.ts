import { formatCount } from "#lib/platform/format/number.ts";
import type { Withheld } from "#lib/services/withheld/schema.ts";

/** "20 records wait for a decision" */
export function withheldTitle({ count }: Pick<Withheld, "count">): string {
  return `${formatCount(count, "record waits", "records wait")} for a decision`;
}
