import { parseEnv } from "#lib/env.ts";
import { errorFields, log } from "./log.ts";
import { startWorker } from "./worker.ts";

/** How long a running sync may go on after the first SIGTERM or SIGINT; the second one ends it at once. */
const graceMs = 30_000;

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
