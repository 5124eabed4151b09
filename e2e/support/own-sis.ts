import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openGate } from "#lib/engine/testing/sis/gate.ts";
import { type SetFiles, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd } from "#lib/engine/testing/sis/sshd.ts";

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
