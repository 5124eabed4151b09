import { clsx } from "clsx";
import Link from "next/link";
import { StateBadge } from "#components/ui/badge.tsx";
import type { Cause } from "#lib/services/runs/causes-schema.ts";
import { causeCount, causeNames, causeState } from "./cause-words.ts";

export interface CauseListProps {
  readonly causes: readonly Cause[];
  /** The records of a cause, in that state. */
  readonly causeHref: (cause: Cause) => string;
}

/** Why something did not come through: since when, what, whom. A line per cause. */
export function CauseList({ causes, causeHref }: CauseListProps) {
  return (
    <ul>
      {causes.map((cause) => {
        const { label, tone } = causeState(cause);
        const names = causeNames(cause);
        return (
          <li
            key={`${cause.code} ${cause.state}`}
            className="grid min-h-row items-center gap-x-4 border-b border-line py-2 max-sm:grid-cols-[minmax(0,1fr)_auto] sm:grid-cols-[5.5rem_minmax(0,1fr)_auto]"
          >
            <span className="max-sm:col-span-full">
              <StateBadge tone={tone}>{label}</StateBadge>
            </span>
            <span className="min-w-0">
              <Link
                href={causeHref(cause)}
                className={clsx("inline-block py-1", cause.state === "resolved" ? "text-soft hover:underline" : "name-link")}
              >
                {cause.title}
              </Link>
              {names === null ? null : <span className="block truncate text-small text-muted">{names}</span>}
            </span>
            <span className="text-small whitespace-nowrap text-muted tabular-nums">{causeCount(cause)}</span>
          </li>
        );
      })}
    </ul>
  );
}
