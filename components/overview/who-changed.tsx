import Link from "next/link";
import { whenRan } from "#components/nights/night-words.ts";
import { Crowds } from "#components/runs/outcome/crowd-line.tsx";
import { Card } from "#components/ui/card.tsx";
import { SchoolName } from "#components/ui/school-mark.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { LastChanges } from "#lib/services/overview/schema.ts";
import type { Crowd, SchoolGroup } from "#lib/services/runs/people-changed-schema.ts";
import type { OverviewLinks } from "./links.ts";

const crowdRow = "flex justify-between gap-4 py-1 text-sm max-sm:py-3";

export interface WhoChangedProps {
  readonly changes: LastChanges | null;
  /** The day it is where the district is, YYYY-MM-DD. */
  readonly today: string;
  /** IANA. */
  readonly timezone: string;
  readonly links: OverviewLinks;
}

/** Whom the last syncs that changed anything changed, by school, one line a person. */
export function WhoChanged({ changes, today, timezone, links }: WhoChangedProps) {
  if (changes === null) return null;
  const { people, runs } = changes;
  const [run] = runs;
  const crowds = [...people.crowds, ...people.groups.flatMap((group) => group.crowds)];
  const named = people.groups.reduce((sum, group) => sum + group.people.length, 0);
  const shown = named + crowds.reduce((sum, { count }) => sum + count, 0);
  const more = (people.total ?? 0) - shown;
  const href = run === undefined ? links.integrations : links.run(run.integrationId, run.id);
  const crowdHref = (crowd: Crowd, school?: string | null) =>
    links.crowd(runs.find(({ id }) => id === crowd.runId)?.integrationId ?? "", crowd, school);
  return (
    <Card
      title={`Who changed ${whenRan(changes, today, timezone)}`}
      aside={people.total === null ? null : formatCount(people.total, "person", "people")}
      flush
    >
      {people.total === null && shown === 0 ? (
        <p className="py-3 text-sm text-soft">
          Too much changed to name everybody here:{" "}
          <Link href={href} className="text-link">
            Sync {run?.number}
          </Link>{" "}
          has all of it.
        </p>
      ) : shown === 0 ? (
        <p className="py-3 text-sm text-soft">
          No people:{" "}
          <Link href={href} className="text-link">
            Sync {run?.number}
          </Link>{" "}
          changed classes, terms or schools.
        </p>
      ) : (
        <>
          {people.crowds.length === 0 ? null : (
            <Crowds rowClassName={crowdRow} crowds={people.crowds} school={null} href={(crowd) => crowdHref(crowd)} />
          )}
          {people.groups.map((group) => (
            <Group key={group.schoolId ?? ""} group={group} links={links} crowdHref={crowdHref} />
          ))}
        </>
      )}
      {more > 0 || (people.total === null && shown > 0) ? (
        <p className="border-t border-line pt-2 text-sm">
          <Link href={href} className="text-link">
            {more > 0 ? `${formatNumber(more)} more in` : "All of"} Sync {run?.number}
          </Link>
        </p>
      ) : null}
    </Card>
  );
}

interface GroupProps {
  readonly group: SchoolGroup;
  readonly links: OverviewLinks;
  readonly crowdHref: (crowd: Crowd, school: string | null) => string;
}

function Group({ group: { schoolId, school, place, crowds, people }, links, crowdHref }: GroupProps) {
  return (
    <div className="border-t border-line pt-2 pb-3 first:border-t-0">
      <h3 className="text-fine leading-6 font-medium text-muted">
        {school === null ? "No school" : <SchoolName name={school} place={place} />}
      </h3>
      {crowds.length === 0 ? null : (
        <Crowds rowClassName={crowdRow} crowds={crowds} school={school ?? "no school"} href={(crowd) => crowdHref(crowd, schoolId)} />
      )}
      <ul>
        {people.map(({ accountId, role, name, what }) => (
          <li
            key={accountId}
            className="flex justify-between gap-4 py-1 max-sm:border-t max-sm:border-line max-sm:py-3 max-sm:first:border-t-0"
          >
            <Link href={links.person(role, accountId)} prefetch={false} className="name-link min-w-0 wrap-anywhere">
              {name}
            </Link>
            <span className="max-w-[62%] text-right text-pretty text-soft">{what}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
