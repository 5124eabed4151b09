import Link from "next/link";
import { entityWords } from "#components/runs/run-words.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { ChangeAction } from "#lib/services/runs/filters-schema.ts";
import type { RunTotals } from "#lib/services/runs/schema.ts";
import { peopleTurns } from "./run-sentence.ts";

export interface ChangedKindsProps {
  readonly totals: RunTotals;
  readonly peopleChanged: number | null;
  /** Where the records behind a figure are listed. */
  readonly changesHref: (entity?: Entity, action?: ChangeAction) => string;
}

interface Kind {
  readonly title: string;
  readonly href: string;
  readonly figures: readonly string[];
}

const verbs = [
  ["created", "new"],
  ["updated", "changed"],
  ["deactivated", "left"],
  ["reactivated", "back"],
  ["linked", "linked"],
  ["removed", "removed"],
  ["unlinked", "unlinked"],
  ["leftAlone", "left alone"],
] as const;

const isTouched = (totals: RunTotals, entity: Entity) => verbs.some(([key]) => (totals[entity][key] ?? 0) > 0);

/** How many kinds the run left as they were: "5 kinds unchanged". */
export function unchangedKinds(totals: RunTotals): string | null {
  const count = entities.filter((entity) => !isTouched(totals, entity)).length;
  return count === 0 ? null : formatCount(count, "kind unchanged", "kinds unchanged");
}

/** What changed, kind by kind; people as the sentence above counts them, memberships as in and out. */
export function ChangedKinds({ totals, peopleChanged, changesHref }: ChangedKindsProps) {
  const kinds = [...peopleOf(totals, peopleChanged, changesHref), ...othersOf(totals, changesHref)];
  if (kinds.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-x-6 gap-y-1 text-sm text-soft tabular-nums max-sm:grid">
      {kinds.map(({ title, href, figures }) => (
        <li key={title}>
          <Link href={href} className="mr-1.5 font-semibold text-ink underline-offset-3 hover:underline">
            {title}
          </Link>
          {figures.join(", ")}
        </li>
      ))}
    </ul>
  );
}

function peopleOf(totals: RunTotals, peopleChanged: number | null, changesHref: ChangedKindsProps["changesHref"]): Kind[] {
  const { arrived, left, changed } = peopleTurns(totals, peopleChanged);
  const figures = [
    [arrived.learners + arrived.teachers, "arrived"],
    [left.learners + left.teachers, "left"],
    [changed, "changed"],
    [totals.learner.linked + totals.teacher.linked, "linked"],
    [(totals.learner.removed ?? 0) + (totals.teacher.removed ?? 0), "removed"],
    [(totals.learner.leftAlone ?? 0) + (totals.teacher.leftAlone ?? 0), "left alone"],
  ] as const;
  const shown = figures.flatMap(([count, verb]) => (count > 0 ? [`${formatNumber(count)} ${verb}`] : []));
  return shown.length === 0 ? [] : [{ title: "People", href: changesHref(), figures: shown }];
}

function othersOf(totals: RunTotals, changesHref: ChangedKindsProps["changesHref"]): Kind[] {
  return (["membership", "classroom", "course", "term", "school"] as const).flatMap((entity): Kind[] => {
    if (!isTouched(totals, entity)) return [];
    const of = totals[entity];
    const href = changesHref(entity);
    const title = entity === "classroom" ? "Classes" : entityWords[entity].title;
    if (entity !== "membership") {
      const figures = verbs.flatMap(([key, verb]) => ((of[key] ?? 0) > 0 ? [`${formatNumber(of[key] ?? 0)} ${verb}`] : []));
      return [{ title, href, figures }];
    }
    const figures = [
      [of.created + of.reactivated, "in"],
      [of.deactivated + (of.removed ?? 0), "out"],
      [of.updated, "changed"],
      [of.linked, "linked"],
      [of.leftAlone ?? 0, "left alone"],
    ] as const;
    return [{ title, href, figures: figures.flatMap(([count, verb]) => (count > 0 ? [`${formatNumber(count)} ${verb}`] : [])) }];
  });
}
