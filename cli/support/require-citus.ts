import { postgresBinariesIn } from "./postgres-binaries.ts";

/** `npm run test:citus` runs on Citus or not at all. */
const folder = process.env.AIVO_CITUS_BIN;
try {
  if (!folder)
    throw new Error("AIVO_CITUS_BIN has to name the folder of initdb and pg_ctl of a PostgreSQL with Citus installed (docs/scale.md).");
  postgresBinariesIn(folder, "AIVO_CITUS_BIN");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
