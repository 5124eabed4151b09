import { setTimeout as pause } from "node:timers/promises";

/** Resolves when the address answers with anything but a server error, or when nobody waits any more. */
export async function waitUntilAnswering(url: string, isGivenUp: () => boolean): Promise<void> {
  while (!isGivenUp()) {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5000) }).catch(() => null);
    await response?.body?.cancel();
    if (response && response.status < 500) return;
    await pause(150);
  }
}
