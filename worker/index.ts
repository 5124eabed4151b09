import { parseEnv } from "#lib/env.ts";
import { errorFields, log } from "./log.ts";
import { startWorker } from "./worker.ts";

/** How long a running sync may go on after the first SIGTERM or SIGINT; the second one ends it at once. */
const graceMs = 30_000;

/**
 * postgres.js 3.4 writes in the next turn of the event loop, and throws there when the server has closed the connection
 * meanwhile. The queries of that connection have been rejected already; the pool opens a new one. Anything else ends the
 * process, as it would without this.
 */
process.on("uncaughtException", (error) => {
  log("uncaught", errorFields(error));
  if (!(error instanceof TypeError && /\bnextWrite\b.*\bpostgres\b.*connection\.js/.test(error.stack ?? ""))) process.exit(1);
});

const worker = await startWorker(parseEnv(process.env));
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    worker.stop(graceMs).then(
      () => process.exit(0),
      (error: unknown) => {
        log("stop-failed", errorFields(error));
        process.exit(1);
      },
    );
  });
}
// The parent of `npm start` listens for this.
process.send?.("ready");
