import { isUnreachable } from "#lib/platform/db/unreachable.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { errorFields, log, setLogLevel } from "#lib/platform/log.ts";
import { noteVariables } from "#lib/services/services.ts";
import { startWorker, type Worker } from "./worker.ts";

/** How long a sync that is being applied may go on after the first SIGTERM or SIGINT; the second one waits for nothing. */
const graceMs = 15_000;
/** Whatever hangs, the process is gone this long after that: within the half minute that orchestrators wait before they kill. */
const overdueMs = 12_000;

process.on("uncaughtException", (error) => {
  log.error("uncaught", errorFields(error));
  process.exit(1);
});

const worker = await start();
const leave = (afterMs: number) =>
  setTimeout(() => {
    log.error("stop-overdue");
    process.exit(1);
  }, afterMs).unref();
let isStopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    leave(isStopping ? overdueMs : graceMs + overdueMs);
    isStopping = true;
    worker.stop(graceMs).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error("stop-failed", errorFields(error));
        process.exit(1);
      },
    );
  });
}
// The parent of `npm start` listens for this.
process.send?.("ready");

/** What keeps a worker from starting is said in words: it is about the environment and the database, never about a row. */
async function start(): Promise<Worker> {
  try {
    const env = parseEnv(process.env);
    noteVariables(process.env);
    setLogLevel(env.logLevel);
    return await startWorker(env);
  } catch (error) {
    if (error instanceof ServiceError) console.error(error.message);
    else if (isUnreachable(error))
      console.error("The database that DATABASE_URL names cannot be reached. Check that PostgreSQL is running there.");
    log.error("not-started", errorFields(error));
    process.exit(1);
  }
}
