export type SearchParams = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** The first value of each parameter: an address that names one twice still opens. */
export async function firstOf(searchParams: SearchParams): Promise<Record<string, string>> {
  const entries = Object.entries(await searchParams).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}
