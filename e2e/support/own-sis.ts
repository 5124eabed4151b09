import { mkdir } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type SetFiles, writeSet } from "#lib/sis/testing/sets.ts";
import { startSshd, type TestSshd } from "#lib/sis/testing/sshd.ts";

/** A directory on the SFTP server for one test's district. */
export interface OwnSis {
  readonly credentials: Readonly<Record<string, string | number>>;
  /** Another key that the server lets in, protected by a passphrase. */
  readonly lockedKey: { readonly privateKey: string; readonly passphrase: string };
  /** Replaces the export. */
  put(files: SetFiles): Promise<void>;
  /** From now on a connection is accepted and gets no answer: a sync stays where it is until `answer`. */
  stall(): void;
  answer(): void;
}

export interface SisServer {
  directory(name: string): OwnSis;
  stop(): Promise<void>;
}

/** A real OpenSSH server, reached through a gate on `port`, the one that the product trusts. */
export async function startSis(port: number): Promise<SisServer> {
  const sshd = await startSshd();
  const gate = await openGate(port, sshd);
  return {
    directory: (name) => ({
      credentials: {
        host: sshd.host,
        port,
        username: sshd.username,
        privateKey: sshd.privateKey,
        directory: join(sshd.root, name),
        hostKeyFingerprint: sshd.hostKeyFingerprint,
      },
      lockedKey: { privateKey: sshd.encryptedPrivateKey, passphrase: sshd.passphrase },
      async put(files) {
        await mkdir(join(sshd.root, name), { recursive: true });
        await writeSet(join(sshd.root, name), files);
      },
      stall: gate.stall,
      answer: gate.answer,
    }),
    async stop() {
      await gate.close();
      await sshd.stop();
    },
  };
}

interface Gate {
  stall(): void;
  answer(): void;
  close(): Promise<void>;
}

async function openGate(port: number, { host, port: target }: TestSshd): Promise<Gate> {
  let isStalled = false;
  const waiting = new Set<Socket>();
  const connected = new Set<Socket>();
  const connect = (socket: Socket) => {
    const upstream = createConnection({ host, port: target });
    for (const one of [socket, upstream]) one.on("error", () => one.destroy());
    socket.pipe(upstream).pipe(socket);
  };
  const server: Server = createServer((socket) => {
    connected.add(socket);
    socket.on("close", () => connected.delete(socket));
    socket.on("error", () => socket.destroy());
    if (isStalled) waiting.add(socket);
    else connect(socket);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  return {
    stall: () => {
      isStalled = true;
    },
    answer: () => {
      isStalled = false;
      for (const socket of waiting) if (!socket.destroyed) connect(socket);
      waiting.clear();
    },
    async close() {
      for (const socket of connected) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
