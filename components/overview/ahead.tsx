import Link from "next/link";
import type { ReactNode } from "react";
import { formatNight } from "#components/nights/night-words.ts";
import { Card } from "#components/ui/card.tsx";
import { formatTime } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { Overview } from "#lib/services/overview/schema.ts";
import { sentencesOf } from "#lib/services/terms/schema.ts";
import { dayOf, dayWords, spanWords } from "./day-words.ts";
import type { OverviewLinks } from "./links.ts";

interface Entry {
  readonly key: string;
  /** What it is sorted by. */
  readonly day: string;
  readonly when: string;
  readonly what: ReactNode;
}

type Facts = Pick<Overview, "integrations" | "used" | "blackouts" | "terms" | "days" | "today" | "timezone">;

/** What the calendar brought lately, and what comes: syncs, days without one, terms that begin and end. */
export function WhatHappensNext({ overview, links }: { readonly overview: Facts; readonly links: OverviewLinks }) {
  const entries = [...recent(overview, links), ...[...syncs(overview), ...blackouts(overview), ...terms(overview)].sort(byDay)];
  if (entries.length === 0) return null;
  return (
    <Card title="What happens next" flush>
      <ul>
        {entries.map(({ key, when, what }) => (
          <li key={key} className="grid grid-cols-[6rem_minmax(0,1fr)] gap-4 border-t border-line py-2 first:border-t-0">
            <span className="text-muted">{when}</span>
            <span className="text-pretty wrap-anywhere">{what}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const byDay = (a: Entry, b: Entry) => a.day.localeCompare(b.day);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function recent({ days }: Facts, links: OverviewLinks): readonly Entry[] {
  return days.map((day) => ({
    key: `turned ${day.day}`,
    day: day.day,
    when: formatNight(day.day),
    what: (
      <>
        {sentencesOf(day).join(" ")}{" "}
        {day.classroomsBegan + day.classroomsEnded === 0 ? null : (
          <Link href={links.turned(day.day)} className="text-link">
            Show the classrooms
          </Link>
        )}
      </>
    ),
  }));
}

/** Of integrations that were used; one that was only set up has nothing ahead of it but its schedule. */
function syncs({ integrations, used, today, timezone }: Facts): readonly Entry[] {
  return integrations.flatMap((one): Entry[] => {
    if (one.nextRunAt !== null) {
      const day = dayOf(one.nextRunAt, timezone);
      const what = `${one.name} is read at ${formatTime(new Date(one.nextRunAt), timezone)}.`;
      return [{ key: one.id, day, when: capital(dayWords(day, today)), what }];
    }
    if (!used.some(({ id }) => id === one.id)) return [];
    const what =
      one.state === "paused"
        ? `${one.name} is paused: nothing is read until somebody resumes it.`
        : `${one.name} has no schedule: it is read when somebody runs a sync.`;
    return [{ key: one.id, day: today, when: one.state === "paused" ? "Paused" : "By hand", what }];
  });
}

function blackouts({ blackouts: all, integrations }: Facts): readonly Entry[] {
  return all.map(({ id, integrationId, firstDay, lastDay, note }) => {
    const name = integrations.length > 1 ? integrations.find((one) => one.id === integrationId)?.name : undefined;
    return {
      key: id,
      day: firstDay,
      when: spanWords(firstDay, lastDay),
      what: `No sync${name === undefined ? "" : ` of ${name}`}: ${note.replace(/[.!]$/, "")}. What changes in the SIS arrives afterwards.`,
    };
  });
}

function terms({ terms: all, today }: Facts): readonly Entry[] {
  return all.map(({ name, turn, day, classrooms }) => ({
    key: `${name} ${turn} ${day}`,
    day,
    when: capital(dayWords(day, today)),
    what:
      turn === "began"
        ? `${name} begins${classrooms === 0 ? "" : `, and ${formatCount(classrooms, "class", "classes")} with it`}.`
        : `${name} ends${classrooms === 0 ? "" : `, and ${formatCount(classrooms, "class", "classes")} with it`}. Nobody loses an account.`,
  }));
}
