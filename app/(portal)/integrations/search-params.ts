import type { z } from "zod";
import { ChangeFilter, HistoryFilter, IssueFilter } from "#lib/services/runs/filters-schema.ts";
import { actionOfTurn, type Crowd } from "#lib/services/runs/people-changed-schema.ts";
import { WithheldFilter } from "#lib/services/withheld/schema.ts";

type SearchParams = Readonly<Record<string, string | string[] | undefined>>;

/** What the address says, each part by itself: one that cannot be read counts as left out, so that an old link still opens. */
function parse<T extends z.ZodObject>(schema: T, params: SearchParams | URLSearchParams): z.output<T> {
  const entries = params instanceof URLSearchParams ? [...params] : Object.entries(params);
  const given = Object.fromEntries(
    entries.map(([name, value]) => [name === "q" ? "search" : name, Array.isArray(value) ? value[0] : value]),
  );
  const readable = Object.entries(schema.shape).filter(
    ([name, field]) => given[name] !== undefined && given[name] !== "" && (field as z.ZodType).safeParse(given[name]).success,
  );
  return schema.parse(Object.fromEntries(readable.map(([name]) => [name, given[name]])));
}

export const historyFilter = (params: SearchParams | URLSearchParams) => parse(HistoryFilter, params);
export const issueFilter = (params: SearchParams | URLSearchParams) => parse(IssueFilter, params);
export const changeFilter = (params: SearchParams | URLSearchParams) => parse(ChangeFilter, params);

export const withheldFilter = (params: SearchParams | URLSearchParams) => parse(WithheldFilter.omit({ rows: true }), params);

/** A filter as the query of an address, without what is the default. */
export function issueQuery(filter: Partial<IssueFilter>) {
  return {
    state: filter.state,
    code: filter.code,
    collection: filter.collection,
    q: filter.search,
    sort: filter.sort === "found" ? undefined : filter.sort,
    page: filter.page === 1 ? undefined : filter.page,
  };
}
export function changeQuery({ entity, action, turn, school, search, page }: Partial<ChangeFilter>) {
  return { entity, action, turn, school, q: search, page: page === 1 ? undefined : page };
}
/** The list of a run's changes that names the people of such a line. */
export function crowdQuery({ role, turn, isByPerson }: Crowd, school?: string | null) {
  if (!isByPerson) return changeQuery({ entity: role, action: actionOfTurn(turn) });
  return changeQuery({ entity: role, turn, school: school === null ? "none" : school });
}
export function historyQuery(filter: Partial<HistoryFilter>) {
  return { outcome: filter.outcome, page: filter.page === 1 ? undefined : filter.page };
}
export function withheldQuery({ state, cause, kind, field, school, search, page }: Partial<WithheldFilter>) {
  return {
    state: state === "waiting" ? undefined : state,
    cause,
    kind,
    field,
    school,
    q: search,
    page: page === 1 ? undefined : page,
  };
}
