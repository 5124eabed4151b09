import { isUnreachable } from "#lib/platform/db/unreachable.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { errorFields, log, setLogLevel } from "#lib/platform/log.ts";
import { misspeltWords } from "#lib/platform/misspelt.ts";
import { onStopSignal } from "#lib/platform/stop-signals.ts";
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
const stop = () =>
  worker.stop(graceMs).then(
    () => process.exit(0),
    (error: unknown) => {
      log.error("stop-failed", errorFields(error));
      process.exit(1);
    },
  );
const isOverdue = () => {
  log.error("stop-overdue");
  process.exit(1);
};
onStopSignal({ stop, hurry: stop, isOverdue }, { ms: graceMs + overdueMs, hurriedMs: overdueMs });
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
    if (error instanceof ServiceError) console.error([error.message, ...misspeltWords(process.env)].join("\n"));
    else if (isPortTaken(error))
      console.error("The port that AIVO_WORKER_PORT names is in use by another process. Give each worker its own.");
    else if (isUnreachable(error))
      console.error("The database that DATABASE_URL names cannot be reached. Check that PostgreSQL is running there.");
    log.error("not-started", errorFields(error));
    process.exit(1);
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
