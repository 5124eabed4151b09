import { parseEnv } from "#lib/env.ts";
import { errorFields, log } from "./log.ts";
import { startWorker } from "./worker.ts";

/** How long a sync that is being applied may go on after the first SIGTERM or SIGINT; the second one waits for nothing. */
const graceMs = 15_000;
/** Whatever hangs, the process is gone this long after that: within the half minute that orchestrators wait before they kill. */
const overdueMs = 12_000;

process.on("uncaughtException", (error) => {
  log("uncaught", errorFields(error));
  process.exit(1);
});

const worker = await startWorker(parseEnv(process.env));
const leave = (afterMs: number) =>
  setTimeout(() => {
    log("stop-overdue");
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
        log("stop-failed", errorFields(error));
        process.exit(1);
      },
    );
  });
}
// The parent of `npm start` listens for this.
process.send?.("ready");
