import { cleanText } from "./text.ts";

/** A field as a source delivers it. */
export type RawValue = string | readonly string[] | undefined;

const none: readonly string[] = Object.freeze([]);

/** A field that holds one value, as text; "" where there is none. */
export function readText(value: RawValue): string {
  return typeof value === "string" ? value : value === undefined ? "" : value.join(",");
}

/**
 * A field that holds several: a cell `a,b`, or an array, whose elements may contain commas. Trimmed, blanks and repetitions
 * dropped, in the order of the SIS.
 */
export function readList(value: RawValue): readonly string[] {
  if (value === undefined || value.length === 0) return none;
  if (typeof value === "string" && !value.includes(",")) {
    const only = cleanText(value);
    return only === "" ? none : [only];
  }
  const items = new Set<string>();
  for (const part of typeof value === "string" ? value.split(",") : value) {
    const item = cleanText(part);
    if (item !== "") items.add(item);
  }
  return [...items];
}
