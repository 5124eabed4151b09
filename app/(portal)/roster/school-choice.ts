import { paths } from "#app/paths.ts";
import type { FilterChoice } from "#components/ui/filter-select.tsx";
import type { NamedRef } from "#lib/services/people/schema.ts";

/** Of more schools the names would be the larger part of a page: it names the chosen one, and the browser asks for the others. */
const mostNamed = 30;

/** What a list is filtered by, where one of the schools of the district may be chosen. */
export function schoolChoice(schools: readonly NamedRef[], chosen: string | undefined): FilterChoice {
  const isMany = schools.length > mostNamed;
  const named = isMany ? schools.filter(({ id }) => id === chosen) : schools;
  return {
    options: named.map(({ id, name }) => ({ value: id, label: name })),
    ...(isMany ? { restHref: paths.api.schoolOptions() } : {}),
  };
}
