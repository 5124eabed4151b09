import { BookOpen, GraduationCap, School, Users } from "lucide-react";
import Link from "next/link";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { RosterCounts } from "#lib/services/overview/schema.ts";
import type { OverviewLinks } from "./links.ts";

const kinds = [
  { kind: "schools", one: "School", many: "Schools", icon: School },
  { kind: "classrooms", one: "Classroom", many: "Classrooms", icon: BookOpen },
  { kind: "teachers", one: "Teacher", many: "Teachers", icon: Users },
  { kind: "learners", one: "Learner", many: "Learners", icon: GraduationCap },
] as const;

/** What is active in the roster; each number leads to its list. */
export function Counts({ counts, links }: { readonly counts: RosterCounts; readonly links: OverviewLinks }) {
  return (
    <ul className="grid grid-cols-2 overflow-hidden rounded-lg border border-line bg-surface shadow-raised lg:grid-cols-4">
      {kinds.map(({ kind, one, many, icon: Icon }) => (
        <li key={kind} className="border-line not-first:border-l max-lg:odd:border-l-0 max-lg:nth-[n+3]:border-t">
          <Link href={links.roster[kind]} className="grid gap-1 px-5 py-4 -outline-offset-2 hover:bg-sunken/60">
            <span className="flex items-center gap-1.5 text-sm text-muted">
              <Icon aria-hidden className="size-4" />
              {counts[kind] === 1 ? one : many}
            </span>
            <span className="text-2xl font-semibold tracking-tight tabular-nums">{formatNumber(counts[kind])}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
