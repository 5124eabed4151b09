import { fork } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { startSshd } from "#lib/engine/testing/sis/sshd.ts";

/** The district's SFTP server for a bench: OpenSSH where it is installed, else the sandbox's in a process of its own. */
export interface BenchServer {
  readonly kind: "OpenSSH sshd" | "sandbox (ssh2)";
  readonly port: number;
  readonly username: string;
  readonly privateKey: string;
  readonly hostKeyFingerprint: string;
  /** Where to put the set so that the server shows it in `remoteDirectory`. */
  readonly localDirectory: string;
  readonly remoteDirectory: string;
  stop(): Promise<void>;
}

export async function startBenchServer(home: string): Promise<BenchServer> {
  try {
    const sshd = await startSshd();
    const localDirectory = join(sshd.root, "oneroster");
    mkdirSync(localDirectory);
    chmodSync(localDirectory, 0o755);
    const { port, username, privateKey, hostKeyFingerprint } = sshd;
    const remoteDirectory = join(sshd.remoteDirectory, "oneroster");
    return {
      kind: "OpenSSH sshd",
      port,
      username,
      privateKey,
      hostKeyFingerprint,
      localDirectory,
      remoteDirectory,
      stop: () => sshd.stop(),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}; serving from the sandbox instead`);
    return startSandbox(home);
  }
}

interface Listening {
  readonly port: number;
  readonly username: string;
  readonly privateKey: string;
  readonly hostKeyFingerprint: string;
}

async function startSandbox(home: string): Promise<BenchServer> {
  const root = join(home, "served");
  const localDirectory = join(root, "oneroster");
  mkdirSync(localDirectory, { recursive: true });
  const child = fork(join(import.meta.dirname, "sandbox-server.ts"), [root], { execArgv: [] });
  const listening = await new Promise<Listening>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Listening));
    child.once("exit", (code) => reject(new Error(`the sandbox's SFTP server ended with code ${code}`)));
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.kill("SIGTERM");
    });
  return { kind: "sandbox (ssh2)", ...listening, localDirectory, remoteDirectory: "/oneroster", stop };
}
