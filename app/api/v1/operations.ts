import type { Operation } from "./operation.ts";
import { auditOperations } from "./operations/audit.ts";
import { causeOperations } from "./operations/causes.ts";
import { integrationOperations } from "./operations/integrations.ts";
import { rosterOperations } from "./operations/roster.ts";
import { runOperations } from "./operations/runs.ts";
import { webhookOperations } from "./operations/webhooks.ts";

/** All of the API. */
export const operations: readonly Operation[] = [
  ...integrationOperations,
  ...runOperations,
  ...causeOperations,
  ...rosterOperations,
  ...webhookOperations,
  ...auditOperations,
];

export interface Found {
  /** Those at the address, by method. */
  readonly operations: readonly Operation[];
  readonly param: (name: string) => string;
}

/** What there is at an address below /api/v1, as its decoded parts; null: nothing. */
export function findOperations(parts: readonly string[]): Found | null {
  const found = operations.filter(({ path }) => {
    const wanted = path.slice(1).split("/");
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith("{") || part === parts[at]);
  });
  const [first] = found;
  if (first === undefined) return null;
  const names = first.path.slice(1).split("/");
  return { operations: found, param: (name) => parts[names.indexOf(`{${name}}`)] ?? "" };
}
