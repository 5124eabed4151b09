/** What narrows a list and names nobody. Whatever else narrowed it is noted as given, without its words. */
const plain: ReadonlySet<string> = new Set(
  "action actor actorKind code collection district entity field from grade integration kind level only person role run school severity since state status table to until format".split(
    " ",
  ),
);
/** How a list is laid out says nothing of whom it showed. */
const layout: ReadonlySet<string> = new Set("sort direction page cursor limit offset columns density".split(" "));
const longest = 80;

/** The filter of a list as it is kept with a view: blank values left out, and what was searched for, mostly somebody's name, replaced by "…". */
export function keptFilter(filter: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | null {
  const kept = Object.entries(filter).flatMap(([key, value]) => {
    if (layout.has(key) || value === undefined || value === null || value === "" || value === false) return [];
    const said = plain.has(key) && typeof value !== "object" ? String(value) : "…";
    return [[key, said.length > longest ? "…" : said] as const];
  });
  return kept.length === 0 ? null : Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
