import { z } from "zod";
import { type Preset, presetNames, presets } from "./presets-schema.ts";

/** Free of Node: forms and pages import this file. */

const blankIsNull = (value: unknown) => (typeof value === "string" && value.trim() === "" ? null : value);
const optional = z.preprocess(blankIsNull, z.string().trim().max(500, "Too long").nullable().default(null));

/** A provider as a form or the command line gives it; a blank secret keeps the stored one. */
export const ProviderInput = z
  .object({
    preset: z.enum(presetNames, { error: "Choose where the accounts are" }),
    label: z.string({ error: "Name it" }).trim().min(1, "Name it").max(60, "At most 60 characters"),
    issuer: optional,
    clientId: z.string({ error: "Enter the client ID" }).trim().min(1, "Enter the client ID").max(500, "Too long"),
    clientSecret: z.string().max(2_000, "Too long").default(""),
    tenant: optional,
    matchBy: z.preprocess(blankIsNull, z.enum(["email", "sis-id"]).nullable().default(null)),
    integrationId: optional,
    sisIdClaim: optional,
  })
  .transform((input) => {
    const { issuer, tenant, matchBy, sisIdClaim } = presets[input.preset];
    const wanted = input.matchBy !== null && matchBy.includes(input.matchBy) ? input.matchBy : (matchBy[0] ?? "email");
    const pinned = tenant === null ? null : input.preset === "classlink" ? input.tenant : (input.tenant?.toLowerCase() ?? null);
    return {
      ...input,
      tenant: pinned,
      issuer: (issuer?.replace("{tenant}", pinned ?? "") ?? input.issuer ?? "").trim(),
      matchBy: wanted,
      integrationId: wanted === "sis-id" ? input.integrationId : null,
      sisIdClaim: wanted === "sis-id" ? (sisIdClaim ?? input.sisIdClaim) : null,
    };
  })
  .superRefine((input, context) => {
    const say = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const { tenant } = presets[input.preset];
    if (tenant !== null && input.tenant === null)
      say("tenant", `Enter the ${tenant.label.charAt(0).toLowerCase()}${tenant.label.slice(1)}`);
    // Entra's other names for a tenant ("common", "organizations") let in everybody's.
    if (input.preset === "entra" && input.tenant !== null && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(input.tenant))
      say("tenant", "Enter the ID, which looks like 72f988bf-86f1-41af-91ab-2d7cd011db47");
    const issuer = URL.parse(input.issuer);
    if (input.preset === "other" && (issuer === null || !/^https?:$/.test(issuer.protocol) || issuer.search !== "" || issuer.hash !== ""))
      say("issuer", "Enter the issuer's whole address, beginning with https://");
    if (input.matchBy === "sis-id" && input.integrationId === null) say("integrationId", "Choose whose ids they are");
    if (input.matchBy === "sis-id" && input.sisIdClaim === null) say("sisIdClaim", "Enter the claim that has the id");
  });
export type ProviderInput = z.input<typeof ProviderInput>;

export const mostDomains = 20;

export const Domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/, "is not a domain, as lakeside.example");

/** Mailboxes that anybody can have say nothing about a district. */
export const publicMailboxes: ReadonlySet<string> = new Set([
  ...["gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "aol.com"],
  ...["icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "gmx.com", "gmx.net", "mail.com", "zoho.com", "fastmail.com"],
  ...["comcast.net", "att.net", "verizon.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net"],
]);

/** What is shown of a provider; its secret is not among it. */
export interface ProviderItem {
  readonly id: string;
  readonly preset: Preset;
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly tenant: string | null;
  readonly matchBy: "email" | "sis-id";
  readonly integrationId: string | null;
  readonly sisIdClaim: string | null;
  /** Null: no admin has come in through it yet as it is set up now. */
  readonly provenAt: string | null;
  /** Accounts that have signed in through it. */
  readonly people: number;
}

/** A way in that the sign-in page offers. */
export interface WayIn {
  readonly districtId: string;
  readonly providerId: string;
  readonly label: string;
}

export interface WaysIn {
  readonly ways: readonly WayIn[];
  /** Whether a password goes, too. */
  readonly passwords: boolean;
}

/** Why somebody was not signed in with an account of the district; only ever said to whom its provider has named. */
export const identityRefusals = [
  "canceled",
  "expired",
  "throttled",
  "unreachable",
  "not-valid",
  "other-tenant",
  "unverified",
  "no-sis-id",
  "unknown",
  "ambiguous",
  "other-subject",
  "deactivated",
  "barred",
  "suspended",
] as const;
export type IdentityRefusal = (typeof identityRefusals)[number];

/** For the page, and for entries of the audit log. */
export function parseIdentityRefusal(value: unknown): IdentityRefusal | null {
  return identityRefusals.find((known) => known === value) ?? null;
}
