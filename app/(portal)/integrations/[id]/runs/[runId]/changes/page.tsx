import type { Metadata } from "next";
import Link from "next/link";
import { loadRun, type RunPageParams } from "#app/(portal)/integrations/[id]/runs/[runId]/load-run.ts";
import { RunList } from "#app/(portal)/integrations/[id]/runs/[runId]/run-list.tsx";
import { personHref, recordHref } from "#app/(portal)/integrations/record-href.ts";
import { changeFilter, changeQuery } from "#app/(portal)/integrations/search-params.ts";
import { paths } from "#app/paths.ts";
import { ChangeList } from "#components/runs/change-list.tsx";
import { PeopleList } from "#components/runs/outcome/people-list.tsx";
import { actionWords, entityWords } from "#components/runs/run-words.ts";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import { listChanges } from "#lib/services/runs/changes.ts";
import { readPeopleChanged } from "#lib/services/runs/people-changed.ts";
import type { PeopleChanged } from "#lib/services/runs/people-changed-schema.ts";
import { type ChangeAction, type ChangeCounts, changeActions, pageSize } from "#lib/services/runs/schema.ts";

export const metadata: Metadata = { title: "Changes of a sync" };

interface Props {
  readonly params: RunPageParams;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** By person first; with a filter, or where somebody asks for it, record by record. */
export default async function ChangesPage({ params, searchParams }: Props) {
  const query = await searchParams;
  const filter = changeFilter(query);
  const isFiltered = Boolean(filter.entity ?? filter.action ?? filter.search);
  const { run, changes, people } = await loadRun(params, async (opened, scope, runId) => ({
    changes: await listChanges(opened, scope, runId, filter),
    people:
      isFiltered || query.by === "record"
        ? null
        : await readPeopleChanged(opened, scope, runId, { limit: pageSize, offset: (filter.page - 1) * pageSize }),
  }));
  const href = (more: Parameters<typeof paths.runChanges>[2]) => paths.runChanges(run.integrationId, run.id, more);
  const isByPerson = people !== null && (people.total ?? 0) > 0;
  const isWaiting = run.state === "held" || run.state === "previewed";
  return (
    <RunList
      run={run}
      tab="changes"
      lead={
        changes.agedOut !== null
          ? undefined
          : isWaiting
            ? "What the plan would change; nothing has been changed."
            : isByPerson
              ? "Everybody whom this sync changed, with their classes and values."
              : "Every record that this sync touched, and each value before and after."
      }
      exportHref={changes.agedOut === null ? paths.api.runChangesExport(run.id, changeQuery({ ...filter, page: 1 })) : null}
      filters={
        <>
          <SearchField label="Search changes by name, email or id" />
          <FilterSelect
            name="entity"
            label="Entity"
            allLabel="All entities"
            options={entities
              .filter((entity) => changes.counts[entity])
              .map((entity) => ({
                value: entity,
                label: `${entityWords[entity].title} (${formatNumber(countOf(changes.counts, entity, filter.action))})`,
              }))}
          />
          <FilterSelect
            name="action"
            label="Change"
            allLabel="All changes"
            options={changeActions
              .filter((action) => countOf(changes.counts, undefined, action) > 0)
              .map((action) => ({
                value: action,
                label: `${actionWords[action].label} (${formatNumber(countOf(changes.counts, filter.entity, action))})`,
              }))}
          />
          {changes.total === 0 && !isFiltered ? null : (
            <Link href={href(isByPerson ? { by: "record" } : {})} className="text-link self-center text-small">
              {isByPerson ? "Record by record" : "By person"}
            </Link>
          )}
        </>
      }
    >
      {isByPerson ? (
        <PeoplePage people={people} page={filter.page} pageHref={(page) => href(changeQuery({ ...filter, page }))} />
      ) : (
        <ChangeList
          changes={changes}
          agedOut={changes.agedOut}
          isFiltered={isFiltered}
          allHref={href({})}
          recordHref={recordHref}
          pageHref={(page) => href({ ...changeQuery({ ...filter, page }), by: query.by === "record" ? "record" : undefined })}
        />
      )}
    </RunList>
  );
}

interface PeoplePageProps {
  readonly people: PeopleChanged;
  readonly page: number;
  readonly pageHref: (page: number) => string;
}

function PeoplePage({ people, page, pageHref }: PeoplePageProps) {
  return (
    <>
      <div className="py-3">
        <PeopleList groups={people.groups} personHref={personHref} />
      </div>
      <Pagination page={page} pageSize={pageSize} total={people.total ?? 0} noun={["person", "people"]} hrefFor={pageHref} />
    </>
  );
}

function countOf(counts: ChangeCounts, entity: Entity | undefined, action: ChangeAction | undefined): number {
  let sum = 0;
  for (const one of entity ? [entity] : entities) for (const each of action ? [action] : changeActions) sum += counts[one]?.[each] ?? 0;
  return sum;
}
