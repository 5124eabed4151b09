/** What a program may be allowed. Each is a door of its own: none implies another. */
export const apiScopes = [
  "read:integrations",
  "write:integrations",
  "read:runs",
  "write:runs",
  "read:roster",
  "read:webhooks",
  "write:webhooks",
  "read:audit-log",
] as const;
export type ApiScope = (typeof apiScopes)[number];
