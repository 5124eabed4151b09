import { clsx } from "clsx";
import Link from "next/link";
import { Breakable } from "#components/ui/breakable.tsx";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { LinkIf } from "#components/ui/link-if.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import { type Happening, type RecordHistory as History, happeningsOnPage } from "#lib/services/record-history/schema.ts";
import type { RosterLinks } from "./links.ts";

export interface RecordHistoryProps {
  readonly history: History;
  /** Only the newest are shown. */
  readonly isShort: boolean;
  readonly links: RosterLinks;
  /** The address of a page of all of it. */
  readonly hrefFor: (page: number) => string;
}

const shownShort = 6;

/** What happened to a record over all syncs, and by whom, newest first. */
export function RecordHistory({ history: { rows, total, hasMore, page }, isShort, links, hrefFor }: RecordHistoryProps) {
  const shown = isShort ? rows.slice(0, shownShort) : rows;
  const count = `${formatNumber(total)}${hasMore ? " or more" : ""}`;
  return (
    <div id="history" tabIndex={-1} className="scroll-mt-24">
      <Card
        title="History"
        aside={
          isShort && total > shownShort ? (
            <Link href={hrefFor(1)} className="text-link">
              All {count}
            </Link>
          ) : null
        }
      >
        <ol>
          {shown.map((happening, nth) => (
            <Item key={happening.key} happening={happening} isLast={nth === shown.length - 1} links={links} />
          ))}
        </ol>
        {isShort ? null : (
          <Pagination page={page} pageSize={happeningsOnPage} total={total} noun={["entry", "entries"]} hrefFor={hrefFor} />
        )}
      </Card>
    </div>
  );
}

function Item({ happening, isLast, links }: { happening: Happening; isLast: boolean; links: RosterLinks }) {
  const { at, lines, by, reason, run, isOpen } = happening;
  return (
    <li className="relative grid gap-0.5 pb-4 pl-5 text-sm">
      <span
        aria-hidden
        className={clsx("absolute top-1.5 left-0.5 size-2.5 rounded-full border-2 bg-canvas", isOpen ? "border-ask-mark" : "border-trace")}
      />
      {isLast ? null : <span aria-hidden className="absolute top-5 -bottom-1 left-[0.4375rem] border-l border-line" />}
      {lines.map((line) => (
        <p key={line} className="text-pretty wrap-anywhere">
          <Breakable>{line}</Breakable>
        </p>
      ))}
      {reason === null ? null : <p className="break-words text-soft">“{reason}”</p>}
      <p className="text-fine text-muted">
        <DateTime at={at} />
        {by === null ? null : `, by ${by}`}
        {run === null ? null : (
          <>
            {" · "}
            <LinkIf href={links.run(run.integrationId, run.runId)} className="underline-offset-2 hover:underline">
              Sync {run.number}
            </LinkIf>
          </>
        )}
      </p>
    </li>
  );
}
