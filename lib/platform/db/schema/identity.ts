import { sql } from "drizzle-orm";
import { index, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

export const identityPresets = ["google", "entra", "clever", "classlink", "other"] as const;
export type IdentityPreset = (typeof identityPresets)[number];

/** Where people of a district have accounts of its own with which they sign in: an OpenID provider, as the district set it up. */
export const identityProviders = pgTable(
  "identity_providers",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    preset: text({ enum: identityPresets }).notNull(),
    /** What the sign-in page calls it: "Continue with …". */
    label: text().notNull(),
    issuer: text().notNull(),
    clientId: text("client_id").notNull(),
    /** Sealed, with the provider's id and the field's name. */
    secrets: jsonb().$type<{ readonly clientSecret: string }>().notNull(),
    /** What pins it to the district where an issuer serves many: a Workspace domain, a tenant's or a district's id. */
    tenant: text(),
    matchBy: text("match_by", { enum: ["email", "sis-id"] }).notNull(),
    /** Whose ids people are matched by. */
    integrationId: uuid("integration_id"),
    /** The claim that has the id of the SIS, where no preset says it. */
    sisIdClaim: text("sis_id_claim"),
    /** When an admin first came in through it as it is set up now; null: nobody has yet. */
    provenAt: timestamp("proven_at", { withTimezone: true }),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.id] }), uniqueIndex("identity_providers_client").on(t.districtId, t.issuer, t.clientId)],
);

/** Which account a subject of a provider is: made at the first sign-in, and from then on what counts. */
export const identities = pgTable(
  "identities",
  {
    districtId: uuid("district_id").notNull(),
    providerId: uuid("provider_id").notNull(),
    issuer: text().notNull(),
    subject: text().notNull(),
    accountId: uuid("account_id").notNull(),
    boundAt: timestamp("bound_at", { withTimezone: true }).notNull(),
    lastUsedAt: timestamp("last_used_at", { withTimezone: true }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.providerId, t.issuer, t.subject] }),
    uniqueIndex("identities_account").on(t.districtId, t.accountId, t.providerId),
  ],
);

/** Email domains of a district, by which the sign-in page knows its ways before it knows a person. */
export const identityDomains = pgTable("identity_domains", { districtId: uuid("district_id").notNull(), domain: text().notNull() }, (t) => [
  primaryKey({ columns: [t.districtId, t.domain] }),
  index("identity_domains_domain").on(t.domain),
]);

/**
 * Sign-ins that were begun at a provider and have not come back. State and browser are kept as hashes, and what else the answer is checked by is
 * made of them: who reads the table cannot complete any.
 */
export const identityRequests = pgTable(
  "identity_requests",
  {
    districtId: uuid("district_id").notNull(),
    stateHash: text("state_hash").notNull(),
    browserHash: text("browser_hash").notNull(),
    providerId: uuid("provider_id").notNull(),
    returnTo: text("return_to").notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.stateHash] }), index("identity_requests_expired").on(t.expiresAt)],
);
