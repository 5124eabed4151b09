/** Names and values in the order they came, decoded. */
export type Query = readonly (readonly [name: string, value: string])[];

/** Null where an escape is broken. */
export function parseQuery(raw: string): Query | null {
  try {
    return raw
      .split("&")
      .filter((part) => part !== "")
      .map((part) => {
        const at = part.indexOf("=");
        return [decode(at === -1 ? part : part.slice(0, at)), decode(at === -1 ? "" : part.slice(at + 1))] as const;
      });
  } catch {
    return null;
  }
}

export function parameter(query: Query, name: string): string | undefined {
  return query.find(([known]) => known === name)?.[1];
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}
