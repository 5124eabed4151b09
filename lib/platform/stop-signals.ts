/** One Ctrl-C reaches a process from the terminal and once more from npm: that is one wish. Milliseconds. */
const sameWishMs = 1_000;

/**
 * SIGTERM and SIGINT of a process: `stop` at the first, `hurry` at those that come later on purpose. Whatever hangs, `isOverdue` is called when `ms` have
 * passed since the first, or `hurriedMs` since a later one: it is to end the process.
 */
export function onStopSignal(
  { stop, hurry, isOverdue }: { readonly stop: () => void; readonly hurry: () => void; readonly isOverdue: () => void },
  { ms, hurriedMs }: { readonly ms: number; readonly hurriedMs: number },
): void {
  let firstAtMs: number | null = null;
  const leaveAfter = (afterMs: number) => setTimeout(isOverdue, afterMs).unref();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => {
      const nowMs = performance.now();
      if (firstAtMs === null) {
        firstAtMs = nowMs;
        leaveAfter(ms);
        stop();
      } else if (nowMs - firstAtMs > sameWishMs) {
        leaveAfter(hurriedMs);
        hurry();
      }
    });
}
