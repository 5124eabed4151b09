import type { ApiScope } from "#lib/platform/api-scopes.ts";

/** Free of Node, and of zod, which would come with it into the page that shows them. */

/** What each scope lets a program do, for whoever gives it. */
export const scopeWords: Readonly<Record<ApiScope, string>> = {
  "read:integrations": "See integrations and their health; no secret",
  "write:integrations": "Add, change, pause and remove integrations",
  "read:runs": "See syncs, with their changes and issues, which name people",
  "write:runs": "Run, cancel, approve, discard and take back syncs; acknowledge causes of issues",
  "read:roster": "See schools, classrooms, people and who is in which class",
  "read:webhooks": "See webhooks; no secret",
  "write:webhooks": "Add, change, test and remove webhooks",
  "read:audit-log": "Read the audit log: who did what, and when",
};
