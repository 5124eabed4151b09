import Link from "next/link";
import { personHref, recordHref } from "#app/(portal)/integrations/record-href.ts";
import { crowdQuery } from "#app/(portal)/integrations/search-params.ts";
import { paths } from "#app/paths.ts";
import { ChangedKinds, unchangedKinds } from "#components/runs/outcome/changed-kinds.tsx";
import { OtherChanges } from "#components/runs/outcome/other-changes.tsx";
import { PeopleList } from "#components/runs/outcome/people-list.tsx";
import { leftAloneOf } from "#components/runs/run-words.ts";
import { Card } from "#components/ui/card.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";
import type { Ended } from "./ended-run.tsx";

/** People on a run's own page; all of them are on the page of its changes. */
export const shownPeople = 25;

/** What a run changed: the kinds in figures, whom in lines. Nothing where it changed nothing. */
export function WhatChanged({ run, people, others }: Pick<Ended, "people" | "others"> & { readonly run: RunDetail }) {
  if (run.totals === null || run.state !== "succeeded" || run.changeCount + leftAloneOf(run) === 0) return null;
  const href = paths.runChanges(run.integrationId, run.id);
  const named = people.groups.reduce((sum, group) => sum + group.people.length, 0);
  return (
    <Card title="What changed" aside={unchangedKinds(run.totals)}>
      <div className="grid gap-3">
        <ChangedKinds
          totals={run.totals}
          peopleChanged={people.total}
          changesHref={(entity, action) => paths.runChanges(run.integrationId, run.id, { entity, action })}
        />
        <PeopleList
          people={people}
          personHref={personHref}
          crowdHref={(crowd, school) => paths.runChanges(run.integrationId, run.id, crowdQuery(crowd, school))}
        />
        <OtherChanges changes={others} recordHref={recordHref} />
        <p className="border-t border-line pt-3 text-small">
          <Link href={href} className="text-link">
            {people.total !== null && people.total > named
              ? `Show all ${formatCount(people.total, "person", "people")}`
              : `Show all ${formatCount(run.changeCount + leftAloneOf(run), "change")}`}
          </Link>
        </p>
      </div>
    </Card>
  );
}
