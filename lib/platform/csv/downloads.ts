import type { ReachScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";

/**
 * A download takes memory for as long as somebody reads it. Each account may have a few at once, in each web process; one that nobody
 * has taken anything of for `stalledSeconds` is ended.
 */
export const downloadLimits = { perAccount: 3, stalledSeconds: 120 } as const;

const underWay = new Map<string, number>();

/**
 * Counts a download as under way until what is returned is disposed of.
 * @throws ServiceError `conflict` when the account has too many
 */
export function beginDownload({ actor, districtId }: ReachScope<never>): Disposable {
  const who = actor.kind === "account" ? actor.accountId : districtId;
  const count = underWay.get(who) ?? 0;
  if (count >= downloadLimits.perAccount) {
    throw new ServiceError("conflict", `${count} of your downloads are still under way. Let one finish or cancel it, then try again.`);
  }
  underWay.set(who, count + 1);
  let isOver = false;
  return {
    [Symbol.dispose]: () => {
      if (isOver) return;
      isOver = true;
      const left = (underWay.get(who) ?? 1) - 1;
      if (left > 0) underWay.set(who, left);
      else underWay.delete(who);
    },
  };
}
