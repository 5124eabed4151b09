import { sql } from "drizzle-orm";
import { bigint, index, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/** The authenticator app of an account; while it is set up, too. */
export const authenticatorApps = pgTable(
  "authenticator_apps",
  {
    districtId: uuid("district_id").notNull(),
    accountId: uuid("account_id").notNull(),
    /** Sealed under the keyring. */
    sealedSecret: text("sealed_secret").notNull(),
    /** Of the code that was used last: it, and those before it, count no more. */
    lastTimeStep: bigint("last_time_step", { mode: "number" }),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    /** When a first code was right; null: it is being set up, and proves nothing. */
    addedAt: timestamp("added_at", { withTimezone: true }),
    lastUsedAt: timestamp("last_used_at", { withTimezone: true }),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.accountId] })],
);

/** Passkeys of accounts: what WebAuthn calls a credential. */
export const passkeys = pgTable(
  "passkeys",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    accountId: uuid("account_id").notNull(),
    /** As base64url, like the key. */
    credentialId: text("credential_id").notNull(),
    publicKey: text("public_key").notNull(),
    /** How often it has signed, where it counts; one that goes back was copied. */
    counter: bigint({ mode: "number" }).notNull(),
    transports: text().array().notNull(),
    /** What its owner calls it. */
    name: text().notNull(),
    addedAt: timestamp("added_at", { withTimezone: true }).notNull(),
    lastUsedAt: timestamp("last_used_at", { withTimezone: true }),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    uniqueIndex("passkeys_credential").on(t.districtId, t.credentialId),
    index("passkeys_account").on(t.districtId, t.accountId),
  ],
);

/** Codes for whoever has lost the rest; one that was used is gone. */
export const recoveryCodes = pgTable(
  "recovery_codes",
  {
    districtId: uuid("district_id").notNull(),
    accountId: uuid("account_id").notNull(),
    codeHash: text("code_hash").notNull(),
    madeAt: timestamp("made_at", { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.accountId, t.codeHash] })],
);
