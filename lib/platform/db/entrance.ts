import { createHash } from "node:crypto";
import type postgres from "postgres";
import { ServiceError } from "#lib/platform/errors.ts";
import type { Orm } from "./client.ts";

/**
 * A pool that signs in as `aivo_district`. Its transactions see nothing until they have entered a district, and enter one only: by a token
 * made of the district, the connection and the transaction with a key that the role cannot read (drizzle/0047_enter-districts.sql). Whoever
 * could have a statement of theirs run there could neither make another token nor use one of another transaction.
 */
export interface Entrance {
  readonly sql: postgres.Sql;
  readonly orm: Orm;
  /** @param moment what entry.moment() answers in the transaction */
  token(districtId: string, moment: string): Promise<string>;
}

/** @param owner reads the key, once */
export function openEntrance(owner: postgres.Sql, sql: postgres.Sql, orm: Orm): Entrance {
  let key: Promise<Buffer> | null = null;
  return {
    sql,
    orm,
    token: async (districtId, moment) => {
      key ??= readKey(owner);
      // One that failed is asked again.
      key.catch(() => {
        key = null;
      });
      return `${districtId}.${tokenOf(await key, districtId, moment)}`;
    },
  };
}

async function readKey(owner: postgres.Sql): Promise<Buffer> {
  const [row] = await owner<{ key: string }[]>`select encode(key, 'hex') as key from entry.keys`;
  if (!row) throw new ServiceError("precondition", "The database has lost the key by which districts are entered. Run db:migrate.");
  return Buffer.from(row.key, "hex");
}

/** Of one length, so that what is known of one token tells nothing of another that would be taken (SHA-256 can be gone on with, to a longer one). */
function tokenOf(key: Buffer, districtId: string, moment: string): string {
  const signed = Buffer.from(districtId.replaceAll("-", "") + moment, "hex");
  return createHash("sha256").update(key).update(signed).digest("hex");
}

/** The statement that says what a token is made for. */
export const askMoment = "select entry.moment() as moment";
