import type { Metadata } from "next";
import { loadRun, type RunPageParams } from "#app/(portal)/integrations/[id]/runs/[runId]/load-run.ts";
import { RunList } from "#app/(portal)/integrations/[id]/runs/[runId]/run-list.tsx";
import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { changeFilter, changeQuery } from "#app/(portal)/integrations/search-params.ts";
import { paths } from "#app/paths.ts";
import { ChangeList } from "#components/runs/change-list.tsx";
import { actionWords, entityWords } from "#components/runs/run-words.ts";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import { listChanges } from "#lib/services/runs/changes.ts";
import { type ChangeAction, type ChangeCounts, changeActions } from "#lib/services/runs/schema.ts";

export const metadata: Metadata = { title: "Changes of a sync" };

interface Props {
  readonly params: RunPageParams;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ChangesPage({ params, searchParams }: Props) {
  const filter = changeFilter(await searchParams);
  const { run, changes } = await loadRun(params, async (opened, scope, runId) => ({
    changes: await listChanges(opened, scope, runId, filter),
  }));
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
        </>
      }
    >
      <ChangeList
        changes={changes}
        agedOut={changes.agedOut}
        isFiltered={Boolean(filter.entity ?? filter.action ?? filter.search)}
        allHref={paths.runChanges(run.integrationId, run.id)}
        recordHref={recordHref}
        pageHref={(page) => paths.runChanges(run.integrationId, run.id, changeQuery({ ...filter, page }))}
      />
    </RunList>
  );
}

function countOf(counts: ChangeCounts, entity: Entity | undefined, action: ChangeAction | undefined): number {
  let sum = 0;
  for (const one of entity ? [entity] : entities) for (const each of action ? [action] : changeActions) sum += counts[one]?.[each] ?? 0;
  return sum;
}
