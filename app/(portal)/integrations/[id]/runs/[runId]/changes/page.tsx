import type { Metadata } from "next";
import Link from "next/link";
import { loadRun, type RunPageParams } from "#app/(portal)/integrations/[id]/runs/[runId]/load-run.ts";
import { RunList } from "#app/(portal)/integrations/[id]/runs/[runId]/run-list.tsx";
import { personHref, recordHref } from "#app/(portal)/integrations/record-href.ts";
import { changeFilter, changeQuery } from "#app/(portal)/integrations/search-params.ts";
import { schoolChoice } from "#app/(portal)/roster/school-choice.ts";
import { paths } from "#app/paths.ts";
import { ChangeList } from "#components/runs/change-list.tsx";
import { turnLabels } from "#components/runs/outcome/crowd-words.ts";
import { PeopleList } from "#components/runs/outcome/people-list.tsx";
import { actionWords, entityWords } from "#components/runs/run-words.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { type FilterChoice, FilterSelect } from "#components/ui/filter-select.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { NamedRef } from "#lib/services/people/schema.ts";
import { listChanges } from "#lib/services/runs/changes.ts";
import { type ChangeAction, type ChangeFilter, changeActions } from "#lib/services/runs/filters-schema.ts";
import { readPeopleChanged } from "#lib/services/runs/people-changed.ts";
import { type PeopleChanged, type PeopleFilter, personTurns } from "#lib/services/runs/people-changed-schema.ts";
import { type ChangeCounts, pageSize } from "#lib/services/runs/schema.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";

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
  const whom = query.by === "record" ? null : peopleOf(filter);
  const { run, changes, people, schools } = await loadRun(
    params,
    { door: "/integrations/[id]/runs/[runId]/changes", filter: { ...filter } },
    async (opened, scope, runId) => ({
      changes: await listChanges(opened, scope, runId, filter),
      people:
        whom === null
          ? null
          : await readPeopleChanged(opened, scope, runId, { limit: pageSize, offset: (filter.page - 1) * pageSize }, whom),
      schools: whom === null ? [] : await listSchoolNames(opened, scope),
    }),
  );
  const href = (more: Parameters<typeof paths.runChanges>[2]) => paths.runChanges(run.integrationId, run.id, more);
  const isOfSome = whom !== null && Boolean(whom.turn ?? whom.school);
  const isByPerson = people !== null && people.total !== null && (people.total > 0 || isOfSome);
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
              ? whoWords(whom ?? {}, schools)
              : "Every record that this sync touched, and each value before and after."
      }
      exportHref={changes.agedOut === null ? paths.api.runChangesExport(run.id, changeQuery({ ...filter, page: 1 })) : null}
      filters={
        <>
          <SearchField label="Search changes by name, email or id" placeholder="Name, email or id" />
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
          {isByPerson ? (
            <>
              <FilterSelect
                name="turn"
                label="What became of them"
                allLabel="Everybody"
                options={personTurns.map((turn) => ({ value: turn, label: turnLabels[turn] }))}
              />
              <FilterSelect name="school" label="School" allLabel="All schools" {...withNone(schoolChoice(schools, whom?.school))} />
            </>
          ) : null}
          {changes.total === 0 && !isFiltered ? null : (
            <Link href={href(isByPerson ? { by: "record" } : {})} className="text-link self-center text-small">
              {isByPerson ? "Record by record" : "By person"}
            </Link>
          )}
        </>
      }
    >
      {isByPerson ? (
        <PeoplePage people={people} page={filter.page} allHref={href({})} pageHref={(page) => href(changeQuery({ ...filter, page }))} />
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

/** Whom a list by person has; null: the filter is one of records. */
function peopleOf({ entity, action, search, turn, school }: ChangeFilter): PeopleFilter | null {
  if (search || action) return null;
  if (entity === undefined) return { turn, school };
  const isOfSome = Boolean(turn ?? school) && (entity === "learner" || entity === "teacher");
  return isOfSome ? { turn, school, role: entity } : null;
}

const withNone = ({ options, ...rest }: FilterChoice): FilterChoice => ({
  ...rest,
  options: [...options, { value: "none", label: "Without a school" }],
});

function whoWords({ role, turn, school }: PeopleFilter, schools: readonly NamedRef[]): string {
  if (!(turn ?? school ?? role)) return "Everybody whom this sync changed, with their classes and values.";
  const who = role === undefined ? "People" : role === "learner" ? "Learners" : "Teachers";
  const what = turn === undefined ? "changed by this sync" : `this sync changed: ${turnLabels[turn].toLowerCase()}`;
  const where =
    school === undefined
      ? ""
      : school === "none"
        ? "; without a school"
        : `; ${schools.find(({ id }) => id === school)?.name ?? "a school"}`;
  return `${who} ${what}${where}.`;
}

interface PeoplePageProps {
  readonly people: PeopleChanged;
  readonly page: number;
  readonly allHref: string;
  readonly pageHref: (page: number) => string;
}

function PeoplePage({ people, page, allHref, pageHref }: PeoplePageProps) {
  return (
    <>
      <div className="py-3">
        {people.total === 0 ? (
          <EmptyState
            title="Nobody whom this sync changed is of this kind"
            action={<LinkButton href={allHref}>Show Everybody</LinkButton>}
          />
        ) : (
          <PeopleList people={people} personHref={personHref} crowdHref={() => allHref} />
        )}
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
