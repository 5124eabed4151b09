/** Test-only: one sshd and what a test asks of a OneRoster CSV source in front of it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSource } from "#lib/engine/sis/create.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { CheckStep, Extraction } from "#lib/engine/sis/source.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { RawRecord, RejectedRecord } from "#lib/roster/raw.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { type SetFiles, writeSet } from "./sets.ts";
import { type SshdOptions, startSshd, type TestSshd } from "./sshd.ts";

export interface ReadResult extends Extraction {
  readonly records: Readonly<Partial<Record<Collection, readonly RawRecord[]>>>;
  readonly rejected: readonly RejectedRecord[];
  /** What was waited for, in milliseconds. */
  readonly waits: readonly number[];
}

export interface Bench {
  readonly sshd: TestSshd;
  readonly credentials: Readonly<Record<string, unknown>>;
  /** Puts the files onto the server. */
  put(files: SetFiles, modified?: Date): Promise<void>;
  /** Reads all there is. Waits are never slept. */
  read(options?: {
    credentials?: Readonly<Record<string, unknown>>;
    patience?: Partial<Patience>;
    signal?: AbortSignal;
    now?: () => Date;
    /** What the last sync read. */
    version?: OneRosterVersion;
  }): Promise<ReadResult>;
  check(options?: { credentials?: Readonly<Record<string, unknown>>; patience?: Partial<Patience> }): Promise<CheckStep[]>;
  stop(): Promise<void>;
}

export async function startBench(options: SshdOptions = {}): Promise<Bench> {
  const sshd = await startSshd(options);
  const spools = await mkdtemp(join(tmpdir(), "aivo-spool-"));
  const credentials = {
    host: sshd.host,
    port: sshd.port,
    username: sshd.username,
    privateKey: sshd.privateKey,
    directory: sshd.remoteDirectory,
    hostKeyFingerprint: sshd.hostKeyFingerprint,
  };
  let runs = 0;
  const contextOf = (port: unknown, signal = new AbortController().signal, now = () => new Date()) => {
    runs += 1;
    return { signal, now, trustedOrigins: new Set([`sftp://127.0.0.1:${port}`]), spoolDirectory: join(spools, String(runs)) };
  };
  return {
    sshd,
    credentials,
    put: (files, modified) => writeSet(sshd.root, files, modified),
    async read(request = {}) {
      const waits: number[] = [];
      const given = { ...credentials, ...request.credentials };
      const patience: Partial<Patience> = { wait: async () => {}, ...request.patience };
      const source = createSource("oneroster-csv", given, {
        ...patience,
        wait: async (ms, signal) => {
          waits.push(ms);
          await patience.wait?.(ms, signal);
        },
      });
      const options = { cursor: null, onProgress: () => {}, version: request.version ?? null };
      const extraction = await source.extract(contextOf(given.port, request.signal, request.now), options);
      const records: Partial<Record<Collection, RawRecord[]>> = {};
      const rejected: RejectedRecord[] = [];
      for await (const batch of extraction.batches()) {
        records[batch.collection] = [...(records[batch.collection] ?? []), ...batch.records];
        rejected.push(...batch.rejected);
      }
      return { ...extraction, records, rejected, waits };
    },
    async check(request = {}) {
      const given = { ...credentials, ...request.credentials };
      const steps: CheckStep[] = [];
      for await (const step of createSource("oneroster-csv", given, { wait: async () => {}, ...request.patience }).check(
        contextOf(given.port),
      ))
        steps.push(step);
      return steps;
    },
    async stop() {
      await sshd.stop();
      await rm(spools, { recursive: true, force: true });
    },
  };
}
