import { randomUUID } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { HttpTarget } from "#lib/platform/audit-env.ts";
import { codeOf } from "#lib/platform/db/error-codes.ts";
import type { Env } from "#lib/platform/env.ts";
import { sendSyslog } from "#lib/platform/syslog.ts";
import type { Destination } from "./destinations.ts";
import type { Entry } from "./entry.ts";

/** What goes to a destination in one go, and how far it brings each district. */
export interface Batch {
  readonly items: readonly Item[];
  readonly heads: readonly { readonly districtId: string; readonly seq: number }[];
}

export interface Item {
  readonly at: string;
  /** The action of an entry, or "audit-anchor". */
  readonly kind: string;
  readonly json: string;
  /** Null: it is an anchor. */
  readonly entry: Entry | null;
}

/** The destination did not take it. The word is a code of ours or of the system's. */
export class Refused extends Error {
  readonly word: string;
  readonly afterSeconds: number;

  constructor(word: string, afterSeconds = 0) {
    super(`Not taken: ${word}`);
    this.name = "Refused";
    this.word = word;
    this.afterSeconds = afterSeconds;
  }
}

/** Of an answer no more is read. */
const answerBytes = 64 * 1024;

/** Returns once the destination has all of it. @throws Refused, and Error with the system's code */
export async function deliver(env: Env, destination: Destination, { items }: Batch, patienceMs: number): Promise<void> {
  const first = items[0];
  if (first === undefined) return;
  const lines = () => items.map(({ json }) => `${json}\n`).join("");
  switch (destination.kind) {
    case "directory":
      return append(destination.directory, `audit-anchors-${first.at.slice(0, 10)}.jsonl`, lines());
    case "http": {
      // A name of its own for each, so that nothing that is there is written over.
      const name = `${first.at.slice(0, 10)}/${first.at.slice(11, 23).replaceAll(":", "-")}-${randomUUID()}.jsonl`;
      await send("PUT", { ...destination.target, url: `${destination.target.url}/${name}` }, "application/x-ndjson", lines(), patienceMs);
      return;
    }
    case "syslog":
      return sendSyslog(
        destination.target,
        items.map(({ at, kind, json }) => ({ at, id: kind, json })),
        patienceMs,
      );
    case "otlp": {
      const { logsRequest, rejectedOf } = await import("./otlp.ts");
      const answer = await send(
        "POST",
        destination.target,
        "application/json",
        logsRequest(
          env,
          items.flatMap(({ entry }) => entry ?? []),
        ),
        patienceMs,
      );
      // What a receiver rejects for good would be lost to it: it stays with us, and the doctor says so.
      if (rejectedOf(answer) > 0) throw new Refused("rejected-records");
    }
  }
}

const lineEnd = 10;

/** On the disk before it counts. What a worker that died has left of a line gets a line of its own. */
async function append(directory: string, name: string, text: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await open(join(directory, name), "a+", 0o600);
  try {
    const { size } = await file.stat();
    const [last] = size === 0 ? [lineEnd] : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer;
    await file.appendFile(last === lineEnd ? text : `\n${text}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function send(
  method: "PUT" | "POST",
  { url, token }: HttpTarget,
  type: string,
  body: string | Uint8Array,
  patienceMs: number,
): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const answer = await fetch(url, {
      method,
      body: body as BodyInit,
      // To an address that nobody set, nothing goes.
      redirect: "manual",
      signal,
      headers: { "content-type": type, "user-agent": "Aivo-Audit/1", ...(token !== null && { authorization: `Bearer ${token}` }) },
    });
    if (answer.status < 200 || answer.status > 299) {
      await answer.body?.cancel();
      throw new Refused(`HTTP ${answer.status}`, Number(answer.headers.get("retry-after")) || 0);
    }
    return await readSome(answer);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(signal.aborted ? "timeout" : (codeOf(error) ?? codeOf((error as Error).cause) ?? "unreachable"));
  }
}

async function readSome({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > answerBytes) break;
  }
  return Buffer.concat(chunks);
}
