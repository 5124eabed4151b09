import type postgres from "postgres";

/**
 * Makes `public.uuidv7()` where the server has none of its own: the ids of all tables are made by it, and PostgreSQL brings it from 18 on.
 * Once such a server has been upgraded, tables made before go on with this one and statements use the server's: both make the same kind of id.
 */
export async function ensureUuidv7(sql: postgres.Sql): Promise<void> {
  const [found] = await sql<{ isThere: boolean }[]>`select to_regprocedure('uuidv7()') is not null as "isThere"`;
  if (!found?.isThere) await createUuidv7(sql, "public");
}

/**
 * A UUID of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds since 1970, the version, 12 bits of the millisecond's fraction as
 * PostgreSQL 18 has it (method 3 of section 6.2; a microsecond is about four of its steps), and then the variant and 62 random bits of a
 * UUID of version 4. Ids of different microseconds sort by their time; of the same one, in any order, where PostgreSQL 18 keeps the order of a session.
 *
 * Milliseconds and fraction are one number of 60 bits, and the version is put between its hexadecimal digits. That makes it one expression,
 * which the planner puts in place of the call; epochs are exact to the microsecond in a double until 2106.
 */
export async function createUuidv7(sql: postgres.Sql, schema: string): Promise<void> {
  await sql`
    create function ${sql(schema)}.uuidv7() returns uuid language sql volatile parallel safe as $$
      select (
        overlay(lpad(to_hex(round(date_part('epoch', clock_timestamp()) * 1e6)::bigint * 4096 / 1000), 15, '0') placing '7' from 13 for 0)
        || substr(gen_random_uuid()::text, 20)
      )::uuid
    $$`.simple();
}
