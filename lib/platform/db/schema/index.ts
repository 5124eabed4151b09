export * from "./audit.ts";
export * from "./authorizations.ts";
export * from "./districts.ts";
export * from "./integrations.ts";
export * from "./roster.ts";
export * from "./runs.ts";
export * from "./sign-in.ts";
export * from "./source-records.ts";
