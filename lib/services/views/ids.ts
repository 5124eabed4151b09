const pattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/**
 * Every id in what is about to be shown, wherever it stands: in a field, a list, an address. Which of them are people is for the database to say, so
 * that nothing that is shown has to name its people to be recorded with them.
 */
export function idsIn(shown: unknown): readonly string[] {
  const found = new Set<string>();
  collect(shown, found, new Set());
  return [...found].sort();
}

function collect(value: unknown, found: Set<string>, seen: Set<object>): void {
  if (typeof value === "string") {
    for (const [id] of value.matchAll(pattern)) found.add(id.toLowerCase());
    return;
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  const inner = value instanceof Map ? [...value.keys(), ...value.values()] : value instanceof Set ? [...value] : Object.values(value);
  for (const one of inner) collect(one, found, seen);
}
