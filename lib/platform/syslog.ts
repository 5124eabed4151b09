import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { connect as connectTls, rootCertificates } from "node:tls";
import type { SyslogTarget } from "./audit-env.ts";

/** RFC 5424: facility 13 (log audit), severity 6 (informational). */
const priority = 13 * 8 + 6;

export interface SyslogMessage {
  readonly at: string;
  /** MSGID: what kind of message it is, at most 32 characters of ASCII. */
  readonly id: string;
  /** Sent as ASCII: what JSON can escape is escaped, so that no receiver has to guess an encoding. */
  readonly json: string;
}

/** One message as RFC 5424 has it. */
export function syslogLine({ at, id, json }: SyslogMessage): string {
  const msgId = id.replace(/[^\x21-\x7e]/g, "_").slice(0, 32) || "-";
  return `<${priority}>1 ${at} ${hostName()} aivo - ${msgId} - ${asciiOf(json)}`;
}

/** Above twice the way to a receiver: one that had closed before the messages came has said so by then. */
const settleMs = 250;

/**
 * Sends messages over one connection, each with its length in front (RFC 5425 and RFC 6587, 3.4.1). Syslog has no answers; so they count as
 * taken once the receiver, told that there is no more, has closed the connection in order: one that died with some unread resets it, and one that had closed before is
 * told by its end coming before ours.
 * @throws Error with the system's code; `timeout` where that takes longer than `patienceMs`
 */
export async function sendSyslog(target: SyslogTarget, messages: readonly SyslogMessage[], patienceMs: number): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs);
  const socket = await open(target, signal);
  try {
    // What the receiver says is nobody's; but unread it would keep the end from being seen.
    socket.resume();
    const ended = once(socket, "end", { signal });
    const early = ended.then(cutShort);
    early.catch(() => {});
    for (const message of messages) {
      const line = syslogLine(message);
      if (!socket.write(`${Buffer.byteLength(line)} ${line}`)) await Promise.race([once(socket, "drain", { signal }), early]);
    }
    await Promise.race([setTimeout(settleMs, null, { signal }), early]);
    socket.end();
    await ended;
  } catch (error) {
    throw signal.aborted ? Object.assign(new Error("The syslog receiver took too long"), { code: "timeout" }) : error;
  } finally {
    socket.destroy();
  }
}

function cutShort(): never {
  throw Object.assign(new Error("The syslog receiver closed the connection early"), { code: "ECONNRESET" });
}

async function open({ isTls, host, port, caFile }: SyslogTarget, signal: AbortSignal): Promise<Socket> {
  const ca = caFile === null ? undefined : [...rootCertificates, await readFile(caFile, "utf8")];
  const socket = isTls ? connectTls({ host, port, ca, servername: /^[\d.:]+$/.test(host) ? undefined : host }) : connectTcp({ host, port });
  socket.on("error", () => {});
  try {
    await once(socket, isTls ? "secureConnect" : "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? Object.assign(new Error("The syslog receiver does not answer"), { code: "timeout" }) : error;
  }
}

function asciiOf(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function hostName(): string {
  return (
    hostname()
      .replace(/[^\x21-\x7e]/g, "_")
      .slice(0, 255) || "-"
  );
}
