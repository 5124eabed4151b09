/** limit, offset, sort, orderBy, filter and fields of OneRoster (1.1, section 3.4; 1.2 has the same), as they are asked for. */

export const defaultLimit = 100;
/** More are not sent at once; who asks for more is told by the Link header how to go on. */
export const mostAtOnce = 5000;

export interface FilterableField {
  readonly type: "text" | "time" | "id" | "ids" | "list";
  /** Of a row `r`. */
  readonly sql: string;
}

export const operators = ["!=", ">=", "<=", "=", ">", "<", "~"] as const;
export type Operator = (typeof operators)[number];

/** By what each type is compared: an answer to anything else would mean something other than what was asked. */
const comparedBy: Readonly<Record<FilterableField["type"], readonly Operator[]>> = {
  text: operators,
  id: operators,
  time: operators.filter((one) => one !== "~"),
  ids: ["=", "!=", "~"],
  list: ["=", "!=", "~"],
};

export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
}

export interface ListQuery {
  readonly limit: number;
  readonly offset: number;
  /** Null: by sourcedId. */
  readonly sort: string | null;
  readonly direction: "asc" | "desc";
  readonly conditions: readonly Condition[];
  readonly joinedBy: "and" | "or";
  /** Null: all. */
  readonly fields: readonly string[] | null;
  /** What was asked for and is not there, as the standard's codes: the data comes all the same. */
  readonly warnings: readonly { readonly code: "invalid_sort_field" | "invalid_selection_field"; readonly description: string }[];
}

/** A question that has no answer, by the standard's code. */
export class QueryRefused extends Error {
  readonly code: "invalid data" | "invalid_filter_field" | "invalid_blank_selection_field" | ListQuery["warnings"][number]["code"];

  constructor(code: QueryRefused["code"], message: string) {
    super(message);
    this.name = "QueryRefused";
    this.code = code;
  }
}

const known = ["limit", "offset", "sort", "orderBy", "filter", "fields"];

/** @throws QueryRefused */
export function parseListQuery(
  given: URLSearchParams,
  sortable: Readonly<Record<string, FilterableField>>,
  selectable: readonly string[],
): ListQuery {
  const unknown = [...given.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new QueryRefused("invalid data", `There is no parameter ${unknown}. There are ${known.join(", ")}.`);
  const names = [...given.keys()];
  if (new Set(names).size !== names.length) throw new QueryRefused("invalid data", "A parameter is given once.");
  const warnings: ListQuery["warnings"][number][] = [];
  const sort = given.get("sort");
  const canSort = sort !== null && Object.hasOwn(sortable, sort);
  if (sort !== null && !canSort) warnings.push({ code: "invalid_sort_field", description: `${sort} is no field to sort by.` });
  const direction = given.get("orderBy") ?? "asc";
  if (direction !== "asc" && direction !== "desc") throw new QueryRefused("invalid data", "orderBy is asc or desc.");
  return {
    limit: Math.min(wholeNumber(given, "limit", defaultLimit, 1), mostAtOnce),
    offset: wholeNumber(given, "offset", 0, 0),
    sort: canSort ? sort : null,
    direction,
    ...parseFilter(given.get("filter"), sortable),
    fields: parseFields(given.get("fields"), selectable, warnings),
    warnings,
  };
}

function wholeNumber(given: URLSearchParams, name: string, usual: number, least: number): number {
  const text = given.get(name);
  if (text === null) return usual;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) throw new QueryRefused("invalid data", `${name} is a whole number from ${least} on.`);
  return value;
}

function parseFields(
  given: string | null,
  selectable: readonly string[],
  warnings: ListQuery["warnings"][number][],
): readonly string[] | null {
  if (given === null) return null;
  const names = given.split(",").map((name) => name.trim());
  if (names.every((name) => name === "")) throw new QueryRefused("invalid_blank_selection_field", "fields names at least one field.");
  const unknown = names.filter((name) => !selectable.includes(name));
  if (unknown.length === 0) return names;
  warnings.push({ code: "invalid_selection_field", description: `There is no field ${unknown[0]}: all fields are sent.` });
  return null;
}

/** Of four digits: what the database and JavaScript write the same way. */
function isTime(value: string): boolean {
  const year = new Date(value).getUTCFullYear();
  return year >= 1 && year <= 9999;
}

const condition = /^\s*([A-Za-z.]+)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'/;

/** One condition, or two joined by AND or OR. */
function parseFilter(given: string | null, fields: Readonly<Record<string, FilterableField>>): Pick<ListQuery, "conditions" | "joinedBy"> {
  if (given === null) return { conditions: [], joinedBy: "and" };
  const refused = new QueryRefused("invalid_filter_field", "A filter is field, operator and 'value', or two of them joined by AND or OR.");
  const conditions: Condition[] = [];
  let joinedBy: "and" | "or" = "and";
  let rest = given;
  for (let place = 0; place < 2; place++) {
    const [whole, field = "", operator = "", value = ""] = condition.exec(rest) ?? [];
    if (whole === undefined) throw refused;
    const type = Object.hasOwn(fields, field) ? fields[field]?.type : undefined;
    if (type === undefined) throw new QueryRefused("invalid_filter_field", `${field} is no field to filter by.`);
    if (!comparedBy[type].includes(operator as Operator))
      throw new QueryRefused("invalid_filter_field", `${field} is compared by ${comparedBy[type].join(", ")}.`);
    // No text that is stored has one, and the database takes none.
    if (value.includes("\0")) throw new QueryRefused("invalid_filter_field", "A value has no NUL.");
    if (type === "time" && !isTime(value))
      throw new QueryRefused("invalid_filter_field", `${field} is compared with a time such as 2026-01-31T00:00:00.000Z.`);
    conditions.push({ field, operator: operator as Operator, value: value.replaceAll("''", "'") });
    rest = rest.slice(whole.length);
    if (rest.trim() === "") return { conditions, joinedBy };
    const [join, word] = /^\s+(AND|OR)\s+/.exec(rest) ?? [];
    if (join === undefined) throw refused;
    joinedBy = word === "OR" ? "or" : "and";
    rest = rest.slice(join.length);
  }
  throw refused;
}
