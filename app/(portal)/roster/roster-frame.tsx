import type { ReactNode } from "react";
import { paths, type RosterKind } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage, allowed } from "#app/session.ts";
import { PageHeading } from "#components/ui/announcer.tsx";
import { ClearFilters } from "#components/ui/clear-filters.tsx";
import { DidYouMean, type DidYouMeanProps } from "#components/ui/did-you-mean.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { LinkTabs } from "#components/ui/link-tabs.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import { countConflicts } from "#lib/services/conflicts/read.ts";
import type { RosterCounts } from "#lib/services/overview/schema.ts";

const labels: Record<RosterKind, string> = { schools: "Schools", classrooms: "Classrooms", teachers: "Teachers", learners: "Learners" };
const kinds = Object.keys(labels) as RosterKind[];

export interface RosterFrameProps {
  readonly current: RosterKind;
  /** What is active of each; of classrooms, what is not over. */
  readonly counts: RosterCounts;
  readonly filters: ReactNode;
  /** Between the filters and the list. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

export function RosterFrame({ current, counts, filters, note, children }: RosterFrameProps) {
  return (
    <>
      <div className="grid gap-5">
        <PageHeading size="unseen">{labels[current]}</PageHeading>
        <RosterTabs current={current} counts={counts} />
        {filters}
        {note}
      </div>
      <div className="-mt-7 min-w-0 max-sm:-mt-5">{children}</div>
    </>
  );
}

export interface RosterTabsProps {
  readonly current: RosterKind | "edits" | "conflicts";
  readonly counts: RosterCounts;
}

/** The lists of the roster, and what of it needs somebody: people of whom it is not clear who they are, and edits. */
export async function RosterTabs({ current, counts }: RosterTabsProps) {
  const can = await allowed();
  const { open } = can("read-syncs") ? await countConflicts(await services(), await adminPage("read-syncs")) : { open: 0 };
  const lists = kinds.map((kind) => ({
    label: labels[kind],
    href: paths.roster(kind),
    current: kind === current,
    count: formatNumber(counts[kind]),
  }));
  const conflicts = { label: "Conflicts", href: paths.conflicts(), current: current === "conflicts" };
  return (
    <LinkTabs
      label="Roster"
      tabs={
        can("read-syncs")
          ? [
              ...lists,
              { ...conflicts, ...(open > 0 && { count: formatNumber(open) }) },
              { label: "Edits", href: paths.rosterEdits(), current: current === "edits" },
            ]
          : lists
      }
    />
  );
}

export interface EmptyRosterProps {
  readonly kind: RosterKind;
  readonly filtered: boolean;
  /** Searches that find somebody, and their addresses. */
  readonly alike?: DidYouMeanProps["meant"];
}

/** An empty list: because of the filter, or because no sync has brought anything yet. */
export async function EmptyRoster({ kind, filtered, alike = [] }: EmptyRosterProps) {
  const noun = labels[kind].toLowerCase();
  const can = await allowed();
  if (filtered) {
    return (
      <EmptyState title={`No ${noun} match`} action={<ClearFilters href={paths.roster(kind)}>Clear search and filters</ClearFilters>}>
        {alike.length === 0 ? null : <DidYouMean meant={alike} />}
        Only active {noun}
        {kind === "classrooms" ? " whose terms are not over" : ""} are searched unless you choose otherwise.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={`No ${noun} yet`}
      action={
        can("change-integrations") ? (
          <LinkButton variant="primary" href={paths.newIntegration()}>
            Add Integration
          </LinkButton>
        ) : null
      }
    >
      They come in with the first sync from your SIS.
    </EmptyState>
  );
}
