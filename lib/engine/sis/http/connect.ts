/**
 * Connections to a SIS over HTTP(S): https unless the operator trusts the origin, every address judged before it is
 * connected to, the certificate verified for the name that the admin typed.
 */
import { type AgentOptions, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { resolveTarget, type Target } from "#lib/engine/sis/address.ts";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { seconds } from "./failures.ts";

export interface ConnectOptions {
  readonly trustedOrigins: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly connectTimeoutMs: number;
  /** Certificates to trust instead of the usual authorities', as PEM. */
  readonly certificateAuthorities?: string;
}

export interface CertificateSeen {
  readonly subject: string;
  readonly issuer: string;
  readonly validTo: Date;
  readonly protocol: string;
}

/** Resolves and judges the host of a URL. @throws RunFailure `address-refused`, `name-resolution`, `timeout`; RunCancelled */
export async function resolveUrl(url: URL, options: ConnectOptions): Promise<Target> {
  assertAllowed(url, options.trustedOrigins);
  return resolveTarget({
    scheme: url.protocol.slice(0, -1),
    host: url.hostname,
    port: portOf(url),
    trustedOrigins: options.trustedOrigins,
    signal: options.signal,
    timeoutMs: options.connectTimeoutMs,
  });
}

/** Plain http and anything that is not the web is refused before a name is resolved. @throws RunFailure `address-refused` */
export function assertAllowed(url: URL, trustedOrigins: ReadonlySet<string>): void {
  const origin = originOf(url);
  if (url.username !== "" || url.password !== "") {
    throw refused(
      `The address of ${url.host} has a user name in it, which Aivo does not send.`,
      "Enter the address without user name and password.",
    );
  }
  if (url.protocol === "https:") return;
  if (url.protocol === "http:" && trustedOrigins.has(origin)) return;
  throw refused(
    `${url.protocol}//${url.host} is not encrypted, and Aivo sends credentials and student data over https only.`,
    `Enter the address with https://. If the server really has no https, Aivo's operator can allow it by trusting ${origin} (docs/operations.md, trusted SIS origins).`,
  );
}

const refused = (message: string, remedy: string) => new RunFailure({ code: "address-refused", step: "connect", message, remedy });

export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

/** `scheme://host:port` with the port always written, as AIVO_TRUSTED_SIS_ORIGINS has it. */
export function originOf(url: URL): string {
  return `${url.protocol}//${url.hostname}:${portOf(url)}`;
}

/** A TCP connection to exactly the address that was judged. @throws RunFailure `connection`, `timeout`; RunCancelled */
export function openTcp(target: Target, options: ConnectOptions): Promise<Socket> {
  const socket = connectTcp({ host: target.address, port: target.port, family: target.family, noDelay: true });
  return opened(socket, "connect", options, (error) =>
    connectionFailure(`${target.host}, port ${target.port}`, options.connectTimeoutMs, error),
  );
}

/** TLS over an open connection, verified for the host's name. @throws RunFailure `tls`, `timeout`, `connection`; RunCancelled */
export async function startTls(socket: Socket, target: Target, options: ConnectOptions): Promise<TLSSocket> {
  const tls = connectTls({
    socket,
    host: target.host,
    ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
    ALPNProtocols: ["http/1.1"],
    minVersion: "TLSv1.2",
    ...(options.certificateAuthorities === undefined ? {} : { ca: options.certificateAuthorities }),
  });
  return opened(tls, "secureConnect", options, (error) => tlsFailure(target.host, options.connectTimeoutMs, error));
}

export function certificateOf(socket: TLSSocket): CertificateSeen | null {
  const certificate = socket.getPeerCertificate();
  const validTo = new Date(certificate.valid_to);
  if (Number.isNaN(validTo.getTime())) return null;
  const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(", ") : (value ?? ""));
  return {
    subject: text(certificate.subject.CN) || text(certificate.subjectaltname),
    issuer: text(certificate.issuer.O) || text(certificate.issuer.CN),
    validTo,
    protocol: socket.getProtocol() ?? "TLS",
  };
}

function opened<S extends Socket>(
  socket: S,
  event: "connect" | "secureConnect",
  { signal, connectTimeoutMs }: ConnectOptions,
  failure: (error: NodeJS.ErrnoException | null) => RunFailure,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = (error: unknown) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.removeListener("error", onError);
      socket.removeListener("close", onClose);
      if (error === null) return resolve(socket);
      // Late errors of a socket that nobody uses any more are nobody's.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onAbort = () => settle(new RunCancelled());
    const onError = (error: NodeJS.ErrnoException) => settle(failure(error));
    const onClose = () => settle(failure(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    const timer = setTimeout(() => settle(failure(null)), connectTimeoutMs);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("close", onClose);
    socket.once(event, () => settle(null));
  });
}

function connectionFailure(place: string, timeoutMs: number, cause: NodeJS.ErrnoException | null): RunFailure {
  if (cause === null) {
    return new RunFailure({
      code: "timeout",
      step: "connect",
      message: `No answer from ${place} within ${seconds(timeoutMs)}.`,
      remedy:
        "Check the address. If it is right, the server or a firewall drops connections from Aivo: ask whoever runs it to let Aivo's addresses in.",
      transient: true,
    });
  }
  const [message, remedy] =
    cause.code === "ECONNREFUSED"
      ? [`Nothing listens at ${place}.`, "Check the address and its port, and that the server runs."]
      : cause.code === "EHOSTUNREACH" || cause.code === "ENETUNREACH"
        ? [`There is no way to ${place} from here.`, "Check the address, and whether the server is reachable from the internet."]
        : [
            `The connection to ${place} failed (${cause.code ?? "no reason given"}).`,
            "Try again in a few minutes; if it stays, ask whoever runs the server.",
          ];
  return new RunFailure({ code: "connection", step: "connect", message, remedy, transient: true }, { cause });
}

/** Node's words for a certificate that does not verify, in an admin's. */
const certificateProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is signed by itself, not by an authority",
  SELF_SIGNED_CERT_IN_CHAIN: "is signed by an authority that Aivo does not know",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is signed by an authority that Aivo does not know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "comes without the certificates that lead to its authority",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for another name",
  CERT_REVOKED: "has been revoked",
};

function tlsFailure(host: string, timeoutMs: number, cause: NodeJS.ErrnoException | null): RunFailure {
  if (cause === null || cause.code === "ECONNRESET") {
    return new RunFailure(
      {
        code: cause === null ? "timeout" : "tls",
        step: "connect",
        message:
          cause === null
            ? `${host} did not finish the TLS handshake within ${seconds(timeoutMs)}.`
            : `${host} broke off the TLS handshake.`,
        remedy: "Check that the port is one for https; if it is, try again in a few minutes.",
        transient: true,
      },
      { cause },
    );
  }
  const problem = certificateProblems[cause.code ?? ""];
  return new RunFailure(
    {
      code: "tls",
      step: "connect",
      message:
        problem === undefined
          ? `${host} does not speak TLS as Aivo needs it (${cause.code ?? "no reason given"}).`
          : `The certificate of ${host} ${problem}.`,
      remedy:
        problem === undefined
          ? "Check that the port is one for https, with TLS 1.2 or newer."
          : "Check the address; if it is right, whoever runs the server must renew or complete its certificate. Aivo never sends anything without one.",
    },
    { cause },
  );
}

type Opened = (error: Error | null, socket?: Duplex) => void;

/** Keep-alive pools for http and https whose every new connection goes through the guard. */
export function guardedAgents(options: ConnectOptions, maxConnections: number, onCertificate: (seen: CertificateSeen) => void) {
  const pool: AgentOptions = {
    keepAlive: true,
    keepAliveMsecs: 10_000,
    maxSockets: maxConnections,
    maxFreeSockets: maxConnections,
    scheduling: "lifo",
  };
  const open = async (url: URL): Promise<Socket> => {
    const target = await resolveUrl(url, options);
    const socket = await openTcp(target, options);
    if (url.protocol === "http:") return socket;
    const tls = await startTls(socket, target, options);
    const seen = certificateOf(tls);
    if (seen !== null) onCertificate(seen);
    return tls;
  };
  const through = (scheme: string) => (request: object, done: Opened) => {
    const { host, port } = request as { readonly host: string; readonly port: number };
    const url = new URL(`${scheme}://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`);
    open(url).then(
      (socket) => done(null, socket),
      (error: Error) => done(error),
    );
    return undefined;
  };
  const http = new HttpAgent(pool);
  const https = new HttpsAgent(pool);
  Object.assign(http, { createConnection: through("http") });
  Object.assign(https, { createConnection: through("https") });
  return {
    agentFor: (url: URL) => (url.protocol === "https:" ? https : http),
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}
