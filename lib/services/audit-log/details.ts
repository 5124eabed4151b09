import { formatNumber } from "#lib/platform/format/number.ts";
import { type SafetyKey, safetySettings } from "#lib/roster/guard/settings.ts";
import { credentialLabels } from "#lib/services/integrations/credentials-schema.ts";
import { fieldLabel } from "#lib/services/runs/fields.ts";
import type { AuditRow } from "./schema.ts";

/** The details of an entry are JSON of any version: each is looked at before it is said. */

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const count = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/** ", 12 rows" of a number or of numbers by name; blank where there is none. */
export function counted(value: unknown, one: string, many = `${one}s`): string {
  const total = isRecord(value) ? Object.values(value).reduce<number>((sum, each) => sum + count(each), 0) : count(value);
  return value === undefined ? "" : `, ${formatNumber(total)} ${total === 1 ? one : many}`;
}

export const quoted = (words: string) => `“${words}”`;

/** What the target is called in a sentence. */
export function nameOf(row: AuditRow): string {
  const { targetKind, targetName, targetNumber } = row;
  if (targetKind === "run") {
    const sync = targetNumber === null ? "a sync" : `Sync ${targetNumber}`;
    return targetName === null ? sync : `${sync} of ${targetName}`;
  }
  if (targetName !== null && targetName !== "") return targetName;
  return (
    { account: "an account that was removed", classroom: "a classroom", integration: "an integration", district: "the district" }[
      targetKind
    ] ?? "something"
  );
}

const settingLabels: Readonly<Record<string, string>> = {
  name: "name",
  timezone: "time zone",
  retentionDays: "days that data is kept",
  recordsViews: "who looks at people's data recorded",
  requiresSecondFactor: "second factor of all admins demanded",
  label: "name",
  issuer: "issuer",
  clientId: "client ID",
  clientSecret: "client secret",
  tenant: "tenant",
  matchBy: "how people are matched",
  integrationId: "whose ids they are",
  sisIdClaim: "claim with the id",
  preset: "provider",
  fullReadDays: "days between two full reads",
  preferredNames: "people by the names that they prefer",
  personKeys: "ids that identify a person",
  roleWords: "roles in the SIS's own words",
  orgTypes: "schools in the SIS's own words",
  enrollmentRoles: "enrollments in the SIS's own words",
  graceDays: "days of grace after the last role",
};

/** What a setting, a limit, a credential or a column of the roster is called. */
export function labelOf(key: string): string {
  if (key in safetySettings) return lowerFirst(safetySettings[key as SafetyKey].label);
  return settingLabels[key] ?? lowerFirst(credentialLabels[key] ?? fieldLabel(key.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase()));
}

const lowerFirst = (words: string) => (/^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words);

export const namesOf = (keys: readonly string[]) => keys.map(labelOf).join(", ");

/** A value in a reader's terms. */
export function text(key: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return formatNumber(value);
  if (key === "timezone" && typeof value === "string") return value.split("/").at(-1)?.replaceAll("_", " ") ?? value;
  if (Array.isArray(value)) return value.map((one) => text(key, one)).join(", ") || "nothing";
  if (isRecord(value) && Object.values(value).every((one) => typeof one === "string"))
    return (
      Object.entries(value)
        .map(([word, meaning]) => `${word} as ${meaning}`)
        .join(", ") || "nothing"
    );
  return typeof value === "string" ? value : "other values";
}

/** "time zone Chicago → Denver, name …": what differs, each with its label; "nothing" where nothing does. */
export function changedOf(before: unknown, after: unknown): string {
  const [was, is] = [before, after].map((side) => (isRecord(side) ? side : {}));
  const keys = Object.keys(is ?? {}).filter((key) => JSON.stringify(was?.[key]) !== JSON.stringify(is?.[key]));
  return keys.length === 0 ? "nothing" : keys.map((key) => `${labelOf(key)} ${text(key, was?.[key])} → ${text(key, is?.[key])}`).join(", ");
}

/** Of an edit: values before and after where the log has them; of a person the names of the fields alone. */
export function valuesOf({ fields, before, after }: AuditRow["details"]): string {
  if (isRecord(after) && Object.keys(after).length > 0) return `: ${changedOf(before, after)}`;
  const names = Array.isArray(fields) ? fields.filter((field) => typeof field === "string") : [];
  return names.length === 0 ? "" : `: ${namesOf(names)}`;
}
