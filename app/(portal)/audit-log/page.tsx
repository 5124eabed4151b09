import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { AuditFilters } from "#components/audit/audit-filters.tsx";
import { AuditTable, auditColumns } from "#components/audit/audit-table.tsx";
import { VerifyChain } from "#components/audit/verify-chain.tsx";
import { ClearFilters } from "#components/ui/clear-filters.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TableMenu } from "#components/ui/table-menu.tsx";
import { readView, viewQuery } from "#components/ui/table-view.ts";
import { actorKindLabels, auditActionLabels } from "#lib/services/audit-log/labels.ts";
import { listAudit, listAuditActors } from "#lib/services/audit-log/read.ts";
import { AuditFilter, type AuditRow } from "#lib/services/audit-log/schema.ts";
import { sentenceOf } from "#lib/services/audit-log/sentences.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { show } from "#lib/services/views/record.ts";
import { verifyChain } from "./actions.ts";
import { LogTabs } from "./log-tabs.tsx";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditLogPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await adminPage("read-audit-log", "read-roster");
  const given = await firstOf(searchParams);
  const filter = AuditFilter.parse(given);
  const view = readView(given);
  const opened = await services();
  const [entries, actors, { timezone }] = await Promise.all([
    listAudit(opened, scope, filter).then((list) => show(opened, scope, { door: "/audit-log", filter }, list)),
    listAuditActors(opened, scope),
    getDistrict(opened, scope),
  ]);
  const { page: _, ...narrowing } = filter;
  return (
    <>
      <PageHeader
        title="Audit log"
        lead="Who did what, and when. Entries are never changed or removed: each carries the hash of the one before it."
        actions={
          <>
            <LinkButton external href={paths.api.auditExport(narrowing)} icon={<Icon name="download" />}>
              Download CSV
            </LinkButton>
            <LinkButton external href={paths.api.auditExport({ ...narrowing, format: "jsonl" })} icon={<Icon name="download" />}>
              JSON lines
            </LinkButton>
            <VerifyChain verify={verifyChain} />
          </>
        }
      />
      <LogTabs current="entries" />
      <AuditFilters
        actions={actions}
        actors={[...actors.map(({ id, name }) => ({ value: id, label: name })), ...kinds]}
        end={<TableMenu columns={auditColumns} />}
      />
      <div className="-mt-5 min-w-0">
        <AuditTable
          entries={entries}
          sentenceOf={sentenceOf}
          timeZone={timezone}
          view={view}
          emptyState={<NoEntries />}
          hrefOf={hrefOf}
          pageHref={(page) => paths.auditLog({ ...narrowing, ...viewQuery(view), page: page === 1 ? "" : page })}
        />
      </div>
    </>
  );
}

const actions = Object.entries(auditActionLabels).map(([value, label]) => ({ value, label }));
const kinds = Object.entries(actorKindLabels).map(([value, label]) => ({ value, label }));

function NoEntries() {
  return (
    <EmptyState title="No entries match" action={<ClearFilters href={paths.auditLog()}>Clear filters</ClearFilters>}>
      The log begins with the day your district was set up.
    </EmptyState>
  );
}

function hrefOf(row: AuditRow): string | null {
  if (row.targetId === null) return null;
  if (row.targetKind === "integration") return row.action === "integration-removed" ? null : paths.integration(row.targetId);
  if (row.targetKind === "run") return row.targetIntegrationId === null ? null : paths.run(row.targetIntegrationId, row.targetId);
  if (row.targetKind === "classroom") return paths.rosterRecord("classrooms", row.targetId);
  if (row.targetKind !== "account") return null;
  if (row.targetRole === "teacher") return paths.rosterRecord("teachers", row.targetId);
  if (row.targetRole === "learner") return paths.rosterRecord("learners", row.targetId);
  return paths.team();
}
