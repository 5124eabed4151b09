import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { DuePerson, RetentionPreview } from "#lib/services/retention/schema.ts";
import { type Hrefs, PersonName } from "./person-name.tsx";

const roleWords: Record<DuePerson["role"], string> = { learner: "Learner", teacher: "Teacher", admin: "Admin" };

export interface DueTonightProps {
  readonly preview: RetentionPreview;
  readonly settingsHref: string;
  readonly hrefs: Hrefs;
  readonly pageHref: (page: number) => string;
}

/** Whom the next job erases, and how many the nights after it. */
export function DueTonight({ preview, settingsHref, hrefs, pageHref }: DueTonightProps) {
  const { tonight, nextAt, retentionDays, memberships, records, coming, heldBack } = preview;
  const later = coming.reduce((sum, { people }) => sum + people, 0);
  return (
    <>
      <Card title="What is erased next">
        <div className="grid gap-2 text-sm">
          <p>
            {tonight.total === 0 ? (
              <>
                Nobody is erased by the next job, <DateTime at={nextAt} as="sentence" />
              </>
            ) : (
              <>
                <strong className="font-strong">{formatCount(tonight.total, "person", "people")}</strong>
                {memberships > 0 ? ` with ${formatCount(memberships, "class membership", "class memberships")}` : ""} will be erased for
                good <DateTime at={nextAt} as="sentence" />
              </>
            )}
            {records > 0 ? `, and what SISs said of ${formatCount(records, "record")} that they have no longer is emptied` : ""}.
          </p>
          <p className="max-w-2xl text-pretty text-muted">
            Data of deactivated accounts is kept for {formatCount(retentionDays, "day", "days")} after the last SIS or admin let go of them,{" "}
            <Link href={settingsHref} className="text-link">
              as set for the district
            </Link>
            . Who comes back before is not erased; hold an account on the person's page.
            {heldBack > 0 ? ` ${formatCount(heldBack, "account is", "accounts are")} due and held.` : ""}
          </p>
        </div>
      </Card>
      {tonight.total === 0 ? null : (
        <Card title="By name" flush>
          <DataTable<DuePerson>
            caption="Erased by the next job"
            columns={[
              { key: "name", header: "Name", cell: ({ id, name }) => <PersonName name={name} href={hrefs[id]} /> },
              { key: "role", header: "Role", cell: ({ role }) => roleWords[role] },
              { key: "left", header: "Left", cell: ({ leftAt }) => <DateTime at={leftAt} as="date" /> },
              { key: "due", header: "Due since", cell: ({ dueAt }) => <DateTime at={dueAt} as="date" /> },
              { key: "memberships", header: "Memberships", align: "end", cell: (one) => formatNumber(one.memberships) },
            ]}
            rows={tonight.rows}
            rowKey={({ id }) => id}
            pending={false}
            error={null}
            emptyState={null}
          />
          <Pagination
            page={tonight.page}
            pageSize={tonight.pageSize}
            total={tonight.total}
            noun={["person", "people"]}
            hrefFor={pageHref}
          />
        </Card>
      )}
      {later === 0 ? null : (
        <Card title="The 30 nights after it" aside={`${formatCount(later, "person", "people")} in all, as things are`}>
          <ul aria-label="Due in the coming nights" className="grid gap-x-12 text-sm sm:grid-cols-2 lg:grid-cols-3">
            {coming.map(({ at, people }) => (
              <li key={at} className="flex h-9 items-center justify-between gap-4 border-b border-line">
                <DateTime at={at} as="date" />
                <span className="tabular-nums">{formatCount(people, "person", "people")}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
