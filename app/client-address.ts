import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { clientAddressOf, type Network } from "#lib/platform/client-address.ts";

/**
 * From now on the header `x-forwarded-for` of every request has one address, that of the client as this server knows it. Next shows
 * nobody the connection, and leaves what a client wrote there as it is; Node tells of each request before Next has it.
 * Gives what ends it.
 */
export function knowClients(trusted: readonly Network[]): () => void {
  const know = (message: unknown) => {
    const { headers, socket } = (message as { readonly request: IncomingMessage }).request;
    headers["x-forwarded-for"] = clientAddressOf(socket.remoteAddress, String(headers["x-forwarded-for"] ?? ""), trusted);
  };
  subscribe(channel, know);
  return () => void unsubscribe(channel, know);
}

const channel = "http.server.request.start";
