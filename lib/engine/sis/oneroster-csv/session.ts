/**
 * One SSH connection with SFTP on it.
 *
 * handshake → (host key judged) → sign-in → open → closed or broken. Broken is final: whatever is pending or asked later
 * fails with the same reason, whether the server went away, stopped answering, or the run was cancelled.
 */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { SFTPWrapper, Stats } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import type { Target } from "#lib/engine/sis/address.ts";
import type { OneRosterCsvCredentials } from "#lib/engine/sis/credentials.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import {
  answerFailure,
  connectFailure,
  isEndOfFile,
  isNoSuchFile,
  isStatus,
  judgeHostKey,
  lostConnection,
  notSsh,
  type Phase,
  silent,
  stalled,
} from "./sftp-failures.ts";
import { isSignInRefusal, signInWith } from "./sign-in.ts";

/** Bytes under way: enough to fill a fast line over a long distance. */
const BYTES_UNDER_WAY = 2 * 1024 ** 2;
/** Every server answers this much at once; OpenSSH more, which saves requests. Measured: 128 KiB reads take half the CPU of 32 KiB ones. */
const READ_BYTES = 32_768;
const READ_BYTES_OPENSSH = 131_072;

export interface RemoteEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
  readonly size: number;
  /** In whole seconds, as the protocol has it. */
  readonly modified: Date;
}

export interface SessionEvents {
  /** The server's key, before anything is decided about it. */
  readonly onHostKey?: (fingerprint: string) => void;
  /** The host key was accepted and the connection is encrypted; sign-in begins. */
  readonly onHandshake?: () => void;
  /** Signed in, with this ("a password"). */
  readonly onSignedIn?: (how: string) => void;
}

/**
 * Makes a session over a connected socket. The socket belongs to the session from here on, also when it fails.
 * @throws RunFailure `host-key-unknown`, `host-key-changed`, `sign-in`, `timeout`, `connection`, `permission`; RunCancelled
 */
export async function openSession(
  options: {
    socket: Socket;
    target: Target;
    credentials: OneRosterCsvCredentials;
    patience: Patience;
    signal: AbortSignal;
  } & SessionEvents,
): Promise<SftpSession> {
  const { socket, target, credentials, patience, signal } = options;
  const signIn = signInWith(credentials);
  let hostKeyFailure: RunFailure | null = null;
  let firstError: unknown = null;
  let phase: Phase = "handshake";
  /** The first bytes from the server: `SSH-2.0-OpenSSH_9.9`. */
  let greeting = "";

  // Its own errors have lost ssh2's `level`, so the originals are listened to as well.
  const client = new SftpClient("aivo", { error: () => {}, end: () => {}, close: () => {} });
  client.on("error", (error: unknown) => {
    firstError ??= error;
  });
  client.on("handshake", () => {
    phase = "sign in";
    options.onHandshake?.();
  });
  client.on("ready", () => {
    phase = "start SFTP";
    options.onSignedIn?.(signIn.used());
  });

  const interrupted = Promise.withResolvers<never>();
  interrupted.promise.catch(() => {});
  const onAbort = () => interrupted.reject(new RunCancelled());
  const onLost = () => interrupted.reject(new Error("the socket was closed"));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  socket.once("close", onLost);
  if (socket.destroyed) onLost();
  const timer = setTimeout(() => interrupted.reject(silent(phase, target, patience.connectTimeoutMs)), patience.connectTimeoutMs);

  try {
    const connecting = client.connect({
      sock: socket,
      username: credentials.username,
      readyTimeout: 0,
      hostVerifier: (key: Buffer) => {
        const fingerprint = `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
        options.onHostKey?.(fingerprint);
        hostKeyFailure = judgeHostKey(fingerprint, credentials.hostKeyFingerprint, target);
        return hostKeyFailure === null;
      },
      authHandler: signIn.authHandler,
    });
    connecting.catch(() => {});
    socket.once("data", (piece: Buffer) => {
      greeting = piece.toString("latin1", 0, 20);
    });
    const sftp = await Promise.race([connecting, interrupted.promise]);
    return new SftpSession(client, sftp, socket, patience, signal, greeting.includes("OpenSSH") ? READ_BYTES_OPENSSH : READ_BYTES);
  } catch (error) {
    const wasLost = socket.destroyed;
    socket.destroy();
    if (hostKeyFailure !== null) throw hostKeyFailure;
    if (error instanceof RunCancelled) throw error;
    const cause = firstError ?? error;
    if (greeting !== "" && !greeting.startsWith("SSH-")) throw notSsh(target, cause);
    if (error instanceof RunFailure) throw error;
    if (isSignInRefusal(cause)) throw signIn.failure(cause);
    throw connectFailure(phase, target, cause, wasLost);
  } finally {
    clearTimeout(timer);
    socket.removeListener("close", onLost);
    signal.removeEventListener("abort", onAbort);
  }
}

export class SftpSession {
  readonly #client: SftpClient;
  readonly #sftp: SFTPWrapper;
  readonly #socket: Socket;
  readonly #pending = new Map<(reason: unknown) => void, string>();
  readonly #idle: NodeJS.Timeout;
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  readonly #readBytes: number;
  #broken: ((what: string) => Error) | null = null;

  constructor(client: SftpClient, sftp: SFTPWrapper, socket: Socket, patience: Patience, signal: AbortSignal, readBytes: number) {
    this.#client = client;
    this.#readBytes = readBytes;
    this.#sftp = sftp;
    this.#socket = socket;
    this.#signal = signal;
    this.#onAbort = () => this.#break(() => new RunCancelled());
    signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#idle = setTimeout(() => {
      if (this.#pending.size > 0) this.#break((what) => stalled(what, patience.idleTimeoutMs));
    }, patience.idleTimeoutMs);
    let lastError: unknown;
    client.on("error", (error: unknown) => {
      lastError = error;
    });
    const lost = () => this.#break((what) => lostConnection(what, lastError));
    socket.once("close", lost);
    client.on("close", lost);
    sftp.on("close", lost);
    // What is no SFTP at all; without a listener it would end the process.
    sftp.on("error", (error: unknown) => {
      lastError = error;
      lost();
    });
  }

  /** The absolute path of a folder, relative ones taken from where the server puts the account. */
  realPath(path: string): Promise<string> {
    return this.#call("open the directory", (done) => this.#sftp.realpath(path, done));
  }

  /** What is in a folder; links are followed. */
  async list(path: string, what = "list the directory"): Promise<RemoteEntry[]> {
    const found = await this.#call<{ filename: string; attrs: Stats }[]>(what, (done) => this.#sftp.readdir(path, done));
    const entries: RemoteEntry[] = [];
    for (const { filename, attrs } of found) {
      if (filename === "." || filename === "..") continue;
      const stats = attrs.isSymbolicLink()
        ? await this.#call<Stats>(what, (done) => this.#sftp.stat(`${path}/${filename}`, done)).catch(ignoreStatus)
        : attrs;
      if (stats !== null) entries.push(entryOf(filename, stats));
    }
    return entries;
  }

  /** @returns null when there is no such file */
  async stat(path: string, what: string): Promise<RemoteEntry | null> {
    try {
      return entryOf(path.slice(path.lastIndexOf("/") + 1), await this.#call<Stats>(what, (done) => this.#sftp.stat(path, done)));
    } catch (error) {
      if (isNoSuchFile(error)) return null;
      throw error;
    }
  }

  /**
   * The first `size` bytes of a file, in order, many reads under way at once. Ends early where the file does. Each piece
   * is good until the next is asked for; its memory is then used again.
   */
  async *read(path: string, size: number, what: string): AsyncGenerator<Buffer> {
    const handle = await this.#call<Buffer>(what, (done) => this.#sftp.open(path, "r", done));
    try {
      const underWay: Promise<Buffer<ArrayBuffer>>[] = [];
      const free: Buffer<ArrayBuffer>[] = [];
      let next = 0;
      while (next < size || underWay.length > 0) {
        while (next < size && underWay.length * this.#readBytes < BYTES_UNDER_WAY) {
          const buffer = (free.pop() ?? Buffer.allocUnsafeSlow(Math.min(this.#readBytes, size))).subarray(0, size - next);
          const chunk = this.#readChunk(handle, buffer, next, what);
          chunk.catch(() => {});
          underWay.push(chunk);
          next += this.#readBytes;
        }
        const chunk = await underWay.shift();
        if (chunk === undefined || chunk.length === 0) return;
        yield chunk;
        free.push(Buffer.from(chunk.buffer));
      }
    } finally {
      if (this.#broken === null)
        this.#call(what, (done) => this.#sftp.close(handle, (error) => done(error ?? undefined, null))).catch(() => {});
    }
  }

  /** Servers may answer with less than was asked for; only the end of the file makes a chunk short. */
  async #readChunk(handle: Buffer, buffer: Buffer<ArrayBuffer>, position: number, what: string): Promise<Buffer<ArrayBuffer>> {
    const { length } = buffer;
    let filled = 0;
    while (filled < length) {
      const from = filled;
      const count = await this.#call<number>(what, (done) =>
        this.#sftp.read(handle, buffer, from, length - from, position + from, (error, bytesRead) =>
          isEndOfFile(error) ? done(undefined, 0) : done(error, bytesRead),
        ),
      );
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  }

  close(): void {
    this.#break((what) => lostConnection(what, undefined));
    this.#client.end().catch(() => {});
    this.#socket.destroySoon();
  }

  #call<T>(what: string, ask: (done: (error: unknown, value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) return reject(this.#broken(what));
      const fail = (reason: unknown) => {
        this.#pending.delete(fail);
        reject(reason);
      };
      this.#pending.set(fail, what);
      this.#idle.refresh();
      ask((error, value) => {
        if (!this.#pending.delete(fail)) return;
        this.#idle.refresh();
        if (error === undefined || error === null) return resolve(value);
        reject(answerFailure(what, error));
      });
    });
  }

  #break(reason: (what: string) => Error): void {
    if (this.#broken !== null) return;
    this.#broken = reason;
    clearTimeout(this.#idle);
    this.#signal.removeEventListener("abort", this.#onAbort);
    const isClosing = this.#pending.size === 0;
    for (const [fail, what] of this.#pending) fail(reason(what));
    if (!isClosing) this.#socket.destroy();
  }
}

function ignoreStatus(error: unknown): null {
  if (!isStatus(error)) throw error;
  return null;
}

function entryOf(name: string, stats: Stats): RemoteEntry {
  return {
    name,
    kind: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other",
    size: stats.size,
    modified: new Date(stats.mtime * 1000),
  };
}
