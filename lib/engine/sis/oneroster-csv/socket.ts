import { connect, type Socket } from "node:net";
import type { Target } from "#lib/engine/sis/address.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";

/**
 * A TCP connection to exactly the address that was judged.
 * @throws RunFailure `connection` or `timeout`, both transient; RunCancelled
 */
export function openSocket(target: Target, patience: Patience, signal: AbortSignal): Promise<Socket> {
  const place = `${target.host}, port ${target.port}`;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new RunCancelled());
    const socket = connect({ host: target.address, port: target.port, family: target.family, noDelay: true });
    const settle = (error: unknown) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.removeListener("error", settleError);
      // Also before a session takes it, and after one has left it, a socket may fail; it is then found closed.
      socket.on("error", () => {});
      if (error === null) return resolve(socket);
      socket.destroy();
      reject(error);
    };
    const onAbort = () => settle(new RunCancelled());
    const settleError = (error: NodeJS.ErrnoException) => settle(connectionFailure(place, error));
    const timer = setTimeout(
      () =>
        settle(
          new RunFailure({
            code: "timeout",
            step: "connect",
            message: `No answer from ${place} within ${seconds(patience.connectTimeoutMs)}.`,
            remedy:
              "Check host and port. If they are right, the server or a firewall drops connections from Aivo: ask whoever runs it to let Aivo's addresses in.",
            transient: true,
          }),
        ),
      patience.connectTimeoutMs,
    );
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", settleError);
    socket.once("connect", () => settle(null));
  });
}

function connectionFailure(place: string, cause: NodeJS.ErrnoException): RunFailure {
  const [message, remedy] =
    cause.code === "ECONNREFUSED"
      ? [`Nothing listens at ${place}.`, "Check the port (22 is usual for SFTP) and that the server runs."]
      : cause.code === "EHOSTUNREACH" || cause.code === "ENETUNREACH"
        ? [`There is no way to ${place} from here.`, "Check the host, and whether the server is reachable from the internet."]
        : [
            `The connection to ${place} failed (${cause.code ?? "no reason given"}).`,
            "Try again in a few minutes; if it stays, ask whoever runs the server.",
          ];
  return new RunFailure({ code: "connection", step: "connect", message, remedy, transient: true }, { cause });
}

/** "20 seconds", "0.2 seconds". */
export function seconds(ms: number): string {
  const value = ms / 1000;
  return `${value >= 1 ? Math.round(value) : value} ${value === 1 ? "second" : "seconds"}`;
}
