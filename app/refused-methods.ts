import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

const refused: ReadonlySet<string | undefined> = new Set(["TRACE", "TRACK"]);

/**
 * TRACE would tell a page the headers that its scripts must not see. Next cannot even represent it, and answers 500; under a name that
 * nothing answers to, it is refused as any other unknown method is.
 */
export function refuseTrace(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    if (refused.has(request.method)) request.method = "REFUSED";
  });
}
