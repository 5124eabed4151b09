import type { Metadata } from "next";
import { RosterTabs } from "#app/(portal)/roster/roster-frame.tsx";
import { schoolChoice } from "#app/(portal)/roster/school-choice.ts";
import { OnlyFor, ReadOnlyBut } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { AskWhyOnDemand } from "#components/conflicts/ask-why-on-demand.tsx";
import { ConflictList } from "#components/conflicts/conflict-list.tsx";
import { DecisionList } from "#components/conflicts/decision-list.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { ClearFilters } from "#components/ui/clear-filters.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { DistrictScope } from "#lib/platform/access.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { issueCodes } from "#lib/roster/issue-codes.ts";
import { listConflicts, listDecisions } from "#lib/services/conflicts/read.ts";
import { countNamesakes } from "#lib/services/conflicts/same-people.ts";
import { type ConflictFilter, conflictCodes, readConflictFilter } from "#lib/services/conflicts/schema.ts";
import { listIntegrations } from "#lib/services/integrations/read.ts";
import { readRosterCounts } from "#lib/services/overview/roster-counts.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";
import type { Services } from "#lib/services/services.ts";
import { show } from "#lib/services/views/record.ts";
import { takeBack, theyAreTheSame } from "./actions.ts";

export const metadata: Metadata = { title: "Conflicts" };

export default async function ConflictsPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await adminPage("read-syncs", "read-roster");
  const opened = await services();
  const filter = readConflictFilter(await firstOf(searchParams));
  const [counts, integrations, schools] = await Promise.all([
    readRosterCounts(opened, scope),
    listIntegrations(opened, scope),
    listSchoolNames(opened, scope),
  ]);
  const isDecided = filter.state === "decided";
  return (
    <>
      <PageHeader
        title="Conflicts"
        lead="People in the SIS of whom a sync cannot tell who they are. It does not guess: they wait until somebody says so, or the SIS is corrected."
      />
      <RosterTabs current="conflicts" counts={counts} />
      <div className="flex flex-wrap gap-2">
        <FilterSelect name="state" label="Show" allLabel="To decide" options={[{ value: "decided", label: "Decided" }]} />
        {isDecided ? null : <SearchField label="Search by name, email, number or id" placeholder="Name or number" />}
        <FilterSelect
          name="integration"
          label="Integration"
          allLabel="All integrations"
          options={integrations.map(({ id, name }) => ({ value: id, label: name }))}
        />
        {isDecided ? null : (
          <>
            <FilterSelect
              name="code"
              label="Why it waits"
              allLabel="All causes"
              options={conflictCodes.map((code) => ({ value: code, label: issueCodes[code].title }))}
            />
            <FilterSelect
              name="role"
              label="Kind"
              allLabel="Learners and teachers"
              options={[
                { value: "learner", label: "Learners" },
                { value: "teacher", label: "Teachers" },
              ]}
            />
            <FilterSelect name="school" label="School" allLabel="All schools" {...schoolChoice(schools, filter.school)} />
          </>
        )}
      </div>
      {isDecided ? null : (
        <OnlyFor capability="decide">
          <SamePeopleAsked />
        </OnlyFor>
      )}
      <Card flush>{isDecided ? <Decided filter={filter} /> : <Open filter={filter} />}</Card>
    </>
  );
}

/** Of many who are asked about by name alone it is one question. */
async function SamePeopleAsked() {
  const asked = await countNamesakes(await services(), await adminPage("read-syncs"));
  return asked.map(({ integrationId, integrationName, count, shown }) => (
    <Callout
      key={integrationId}
      tone="info"
      title={`${formatNumber(count)} records of ${integrationName} have only the name and school of somebody in Aivo`}
      action={
        <AskWhyOnDemand
          label="All are the same people"
          title={`Are all ${formatNumber(count)} the same people?`}
          confirmLabel={`Keep ${formatNumber(count)} accounts under the new ids`}
          done={`Noted. The next sync that is applied keeps ${formatNumber(count)} accounts under the new ids`}
          act={theyAreTheSame.bind(null, integrationId, shown)}
        >
          <p>
            Each account keeps its classes and history, and takes the SIS's values under the new id. It is applied at once, from what the
            SIS said before; while a sync runs or the integration is paused, with the next sync. It can be taken back one by one.
          </p>
        </AskWhyOnDemand>
      }
    >
      Neither email address nor student number tells whether they are the same people by other ids. If the SIS gave its ids anew, or the
      district changed its SIS, they are; look at some of them first.
    </Callout>
  ));
}

async function shown<T>(
  filter: ConflictFilter,
  list: (opened: Services, scope: DistrictScope<"read-syncs">, filter: ConflictFilter) => Promise<T>,
): Promise<T> {
  const opened = await services();
  const scope = await adminPage("read-syncs");
  return show(opened, scope, { door: "/conflicts", filter: { ...filter } }, await list(opened, scope, filter));
}

async function Open({ filter }: { readonly filter: ConflictFilter }) {
  const { rows, total, page, pageSize } = await shown(filter, listConflicts);
  const { page: _page, state: _state, ...narrowing } = filter;
  const isFiltered = Object.values(narrowing).some((value) => value !== undefined);
  return (
    <>
      <ConflictList
        rows={rows}
        hrefFor={(row) => paths.conflict(row.integrationId, row.seq)}
        emptyState={
          isFiltered ? (
            <EmptyState title="No conflicts match" action={<ClearFilters href={paths.conflicts()}>Clear filters</ClearFilters>}>
              Of all that wait, nobody is like this.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing to decide">It is clear of everybody in the SIS who they are in Aivo.</EmptyState>
          )
        }
      />
      <Pagination
        page={page}
        pageSize={pageSize}
        total={total}
        noun={["conflict", "conflicts"]}
        hrefFor={(to) => paths.conflicts(queryOf({ ...filter, page: to }))}
      />
    </>
  );
}

async function Decided({ filter }: { readonly filter: ConflictFilter }) {
  const { rows, total, page, pageSize } = await shown(filter, listDecisions);
  return (
    <>
      <ReadOnlyBut capability="decide">
        <DecisionList
          rows={rows}
          accountHref={({ role, id }) => paths.rosterRecord(role === "teacher" ? "teachers" : "learners", id)}
          takeBackOf={({ integrationId, evidence }) => takeBack.bind(null, integrationId, evidence)}
          emptyState={<EmptyState title="Nothing was decided">What admins decide is listed here, and can be taken back.</EmptyState>}
        />
      </ReadOnlyBut>
      <Pagination
        page={page}
        pageSize={pageSize}
        total={total}
        noun={["decision", "decisions"]}
        hrefFor={(to) => paths.conflicts(queryOf({ ...filter, page: to }))}
      />
    </>
  );
}

function queryOf({ search, page, state, ...filter }: ConflictFilter) {
  return { ...filter, q: search, state: state === "open" ? undefined : state, page: page === 1 ? undefined : page };
}
