import type { HelpGroup } from "./schema.ts";

/** In the order in which the contents list them. What is named nowhere stands at the end of "How it works", by its title. */
const order: readonly (readonly [HelpGroup, readonly string[]])[] = [
  ["Start", ["issues", "guard", "why", "conflicts", "roles", "sign-in", "second-factor", "notifications", "api", "interface"]],
  ["How it works", ["architecture", "plans", "several-integrations", "scope", "terms", "edits", "undo", "retention"]],
  ["Operations", ["operations", "security", "scale", "benchmarks", "sandbox"]],
];

export function groupOf(page: string): HelpGroup {
  if (page.startsWith("providers/")) return "Providers";
  if (page.startsWith("decisions/")) return "Decisions";
  return order.find(([, pages]) => pages.includes(page))?.[0] ?? "How it works";
}

/** Compares two pages of one group. Decisions are numbered, so their names order them. */
export function inOrder(a: string, b: string): number {
  return placeOf(a) - placeOf(b) || a.localeCompare(b);
}

function placeOf(page: string): number {
  const place = order.find(([, pages]) => pages.includes(page))?.[1].indexOf(page) ?? -1;
  return place === -1 ? Number.MAX_SAFE_INTEGER : place;
}
