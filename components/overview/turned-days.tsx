import { CalendarDays } from "lucide-react";
import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import { formatDay } from "#lib/platform/format/date-time.ts";
import type { SchoolDay } from "#lib/services/terms/schema.ts";
import { sentencesOf } from "#lib/services/terms/schema.ts";
import type { OverviewLinks } from "./links.ts";

/** What dates began and ended lately, without any sync; nothing where there is nothing to tell. */
export function TurnedDays({ days, links }: { readonly days: readonly SchoolDay[]; readonly links: OverviewLinks }) {
  if (days.length === 0) return null;
  return (
    <Card title="What began and ended">
      <ul className="grid gap-4">
        {days.map((day) => (
          <li key={day.day} className="flex gap-3 text-sm">
            <CalendarDays aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
            <div className="grid gap-1">
              {sentencesOf(day).map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
              <p className="text-muted">
                Noted on {formatDay(day.day)}.{" "}
                {day.classroomsBegan + day.classroomsEnded === 0 ? null : (
                  <Link href={links.turned(day.day)} className="text-link">
                    Show the classrooms
                  </Link>
                )}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
