import { log } from "#lib/platform/log.ts";
import { onStopSignal } from "#lib/platform/stop-signals.ts";

/** How long what is being answered may take after the first SIGTERM or SIGINT: less than orchestrators wait before they kill (deploy/). */
export const drainMs = 15_000;
/** What Next ends with when it has answered what it had begun. */
const codesOfNext: ReadonlySet<number> = new Set([130, 143]);

let isAsked = false;
/** Whether this process was asked to end, and answers what it had begun. */
export const isStopping = () => isAsked;

/**
 * Next takes no new connection then, and ends when the last answer is given, however long that is: here it is bounded. A process that was asked to end
 * and did is no failure, which is what a service manager takes the code of a signal for; one that cut off what it was answering ends with 1.
 */
export function stopInOrder(): void {
  const cut = (event: string) => {
    log.warn(event);
    process.exit(1);
  };
  onStopSignal(
    {
      stop: () => {
        isAsked = true;
        log.info("web-stopping");
      },
      hurry: () => cut("stop-hurried"),
      isOverdue: () => cut("stop-overdue"),
    },
    { ms: drainMs, hurriedMs: 0 },
  );
  process.on("exit", (code) => {
    if (isAsked && codesOfNext.has(code)) process.exitCode = 0;
  });
}
