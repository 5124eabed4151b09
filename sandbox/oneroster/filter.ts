import type { Json } from "./dialect.ts";

const operators = ["!=", ">=", "<=", "=", ">", "<", "~"] as const;
type Operator = (typeof operators)[number];

interface Predicate {
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
}

/** One predicate, or two of them with one word between. */
export interface Filter {
  readonly predicates: readonly Predicate[];
  readonly logic: "AND" | "OR";
}

/** Null for what the 1.1 grammar does not have: no quotes, brackets, three predicates, another operator. */
export function parseFilter(text: string): Filter | null {
  const match = /^([\w.]+)(!=|>=|<=|=|>|<|~)'(.*?)'(?: (AND|OR) ([\w.]+)(!=|>=|<=|=|>|<|~)'(.*?)')?$/.exec(text);
  if (!match) return null;
  const [, field = "", operator = "", value = "", logic, field2, operator2, value2] = match;
  const predicates = [{ field, operator: operator as Operator, value }];
  if (field2 !== undefined) predicates.push({ field: field2, operator: operator2 as Operator, value: value2 ?? "" });
  return { predicates, logic: logic === "OR" ? "OR" : "AND" };
}

/** Whether only these fields are looked at, so that the record need not be made. */
export function looksOnlyAt(filter: Filter, fields: readonly string[]): boolean {
  return filter.predicates.every((predicate) => fields.includes(predicate.field));
}

/** A field of the filter that the record does not have, or null. */
export function unknownField(filter: Filter, record: Json): string | null {
  return filter.predicates.find(({ field }) => !field.startsWith("metadata.") && valuesAt(record, field) === undefined)?.field ?? null;
}

export function matches(filter: Filter, record: Json): boolean {
  const hit = ({ field, operator, value }: Predicate) => {
    const values = valuesAt(record, field) ?? [];
    if (operator === "!=") return !values.some((one) => compare(one, value) === 0);
    return values.some((one) => holds(one, operator, value));
  };
  return filter.logic === "OR" ? filter.predicates.some(hit) : filter.predicates.every(hit);
}

function holds(actual: string, operator: Operator, value: string): boolean {
  if (operator === "~") return actual.toLowerCase().includes(value.toLowerCase());
  const order = compare(actual, value);
  if (operator === "=") return order === 0;
  if (operator === ">") return order > 0;
  if (operator === ">=") return order >= 0;
  return operator === "<" ? order < 0 : order <= 0;
}

const instant = /^\d{4}-\d{2}-\d{2}T/;

/** Letter case does not count; points in time compare as such, whatever fraction they are written with. */
function compare(actual: string, value: string): number {
  if (instant.test(actual)) {
    const [a, b] = [Date.parse(actual), Date.parse(value)];
    if (!Number.isNaN(b)) return a - b;
  }
  const [a, b] = [actual.toLowerCase(), value.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The texts that a dotted path reaches; undefined where there is no such field. */
export function valuesAt(record: Json, path: string): readonly string[] | undefined {
  let reached: unknown[] = [record];
  for (const word of path.split(".")) {
    const next: unknown[] = [];
    for (const one of reached) {
      if (typeof one !== "object" || one === null || !Object.hasOwn(one, word)) continue;
      const value: unknown = (one as Record<string, unknown>)[word];
      if (Array.isArray(value)) next.push(...value);
      else next.push(value);
      if (Array.isArray(value) && value.length === 0) return [];
    }
    if (next.length === 0) return undefined;
    reached = next;
  }
  return reached.map(String);
}
