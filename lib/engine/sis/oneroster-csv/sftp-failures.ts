/** What goes wrong between Aivo and an SFTP server, as failures of a run. */

import type { Target } from "#lib/engine/sis/address.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { seconds } from "./socket.ts";

export type Phase = "handshake" | "sign in" | "start SFTP";

const END_OF_FILE = 1;
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

/** Whether an answer of ssh2 says that the file has no more bytes. */
export function isEndOfFile(error: unknown): boolean {
  return statusCodeOf(error) === END_OF_FILE;
}

/** Whether a failure is the server saying that there is no such file or folder. */
export function isNoSuchFile(failure: unknown): boolean {
  return failure instanceof RunFailure && statusCodeOf(failure.cause) === NO_SUCH_FILE;
}

/** Whether a failure is an answer of the server, rather than its silence. */
export function isStatus(failure: unknown): boolean {
  return failure instanceof RunFailure && statusCodeOf(failure.cause) !== null;
}

/** The SFTP status in an error, or null if it has none. */
function statusCodeOf(error: unknown): number | null {
  return error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : null;
}

/** Why a connection must not go on past this host key, or null when it is the pinned one. */
export function judgeHostKey(fingerprint: string, pinned: string | undefined, target: Target): RunFailure | null {
  if (pinned === undefined) {
    return new RunFailure({
      code: "host-key-unknown",
      step: "connect",
      message: `The host key of ${target.host} has not been confirmed yet: ${fingerprint}.`,
      remedy: "Compare the fingerprint with the one that whoever runs the server gives you, and confirm it under Test Connection.",
    });
  }
  if (pinned === fingerprint) return null;
  return new RunFailure({
    code: "host-key-changed",
    step: "connect",
    message: `${target.host} shows another host key than the confirmed one. Confirmed: ${pinned}. Shown now: ${fingerprint}. Nothing was sent to it.`,
    remedy:
      "Ask whoever runs the server whether its key was replaced. Only if they name the new fingerprint, confirm it under Test Connection; otherwise somebody may be standing in between.",
  });
}

/** A server that is connected but says nothing. */
export function silent(phase: Phase, target: Target, ms: number): RunFailure {
  const doing =
    phase === "handshake"
      ? "does not complete the SSH handshake"
      : phase === "sign in"
        ? "does not answer the sign-in"
        : "does not start SFTP";
  return new RunFailure({
    code: "timeout",
    step: phase === "handshake" ? "connect" : phase,
    message: `${target.host} accepts connections but ${doing} within ${seconds(ms)}.`,
    remedy: "Check that the port is the one of SSH/SFTP. If it is, the server is overloaded or hangs: ask whoever runs it.",
    transient: true,
  });
}

/** A connection that ended before SFTP was there; told apart by ssh2's error level, never by its words. */
export function connectFailure(phase: Phase, target: Target, cause: unknown, wasLost: boolean): RunFailure {
  const level = levelOf(cause);
  if (phase === "start SFTP" && !wasLost) {
    return new RunFailure(
      {
        code: "permission",
        step: phase,
        message: `${target.host} lets the account in but does not offer it SFTP.`,
        remedy: "Ask whoever runs the server to allow SFTP for this account.",
      },
      { cause },
    );
  }
  if (phase === "handshake" && level === "handshake") {
    return new RunFailure(
      {
        code: "connection",
        step: "connect",
        message: `${target.host} and Aivo have no encryption in common, or the server's answer was damaged.`,
        remedy: "Ask whoever runs the server to allow current SSH algorithms (Ed25519 or ECDSA keys, AES-GCM or AES-CTR).",
      },
      { cause },
    );
  }
  return new RunFailure(
    {
      code: "connection",
      step: phase === "handshake" ? "connect" : phase,
      message: `${target.host} closed the connection during ${phase === "handshake" ? "the SSH handshake" : phase === "sign in" ? "sign-in" : "the start of SFTP"}.`,
      remedy:
        "Try again in a few minutes. If it stays, the server may block Aivo's addresses or allow too few connections: ask whoever runs it.",
      transient: true,
    },
    { cause },
  );
}

/** Something else listens at that port. */
export function notSsh(target: Target, cause: unknown): RunFailure {
  return new RunFailure(
    {
      code: "connection",
      step: "connect",
      message: `What answers at ${target.host}, port ${target.port}, is not SSH.`,
      remedy: "Check the port: 22 is usual for SFTP; 21 and 990 are FTP, 80 and 443 the web, which Aivo does not use here.",
    },
    { cause },
  );
}

/** A server that stopped in the middle. */
export function stalled(what: string, ms: number): RunFailure {
  return new RunFailure({
    code: "timeout",
    step: what,
    message: `The server stopped answering for ${seconds(ms)} (${what}).`,
    remedy: "Aivo tries again by itself. If it stays, ask whoever runs the server whether it is overloaded.",
    transient: true,
  });
}

/** A connection that went away. */
export function lostConnection(what: string, cause: unknown): RunFailure {
  return new RunFailure(
    {
      code: "connection",
      step: what,
      message: `The connection to the server was lost (${what}).`,
      remedy: "Aivo tries again by itself. If it stays, ask whoever runs the server.",
      transient: true,
    },
    { cause },
  );
}

/** What the server answered instead of doing what it was asked; without a status the answer never came. */
export function answerFailure(what: string, cause: unknown): RunFailure {
  const status = statusCodeOf(cause);
  if (status === null) return lostConnection(what, cause);
  if (status === PERMISSION_DENIED) {
    return new RunFailure(
      {
        code: "permission",
        step: what,
        message: `The server does not let the account do this: ${what}.`,
        remedy: "Have whoever runs the server give the account the right to read the directory and the files in it.",
      },
      { cause },
    );
  }
  if (status === NO_SUCH_FILE) {
    return new RunFailure(
      {
        code: "file-missing",
        step: what,
        message: `It was gone when Aivo wanted to read it: ${what}.`,
        remedy: "If the export is just being replaced, the next sync will find it.",
        transient: true,
      },
      { cause },
    );
  }
  return new RunFailure(
    {
      code: "server-error",
      step: what,
      message: `The server reported an error (SFTP status ${status}): ${what}.`,
      remedy: "Aivo tries again by itself. If it stays, ask whoever runs the server.",
      transient: true,
    },
    { cause },
  );
}

/** ssh2's name for the layer that an error comes from. */
export function levelOf(error: unknown): string | null {
  return error instanceof Error && "level" in error && typeof error.level === "string" ? error.level : null;
}
