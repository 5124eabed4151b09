/**
 * Test Connection: each step on its own, with what was seen. The first that fails ends it; the rest are skipped. A host key
 * that nobody confirmed yet ends it as well, before anything secret is sent. Nothing changes anywhere: of loose files only
 * the begin is read, into the folder that the caller removes.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { resolveTarget, type Target } from "#lib/engine/sis/address.ts";
import type { OneRosterCsvCredentials } from "#lib/engine/sis/credentials.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { CheckStep, SourceContext } from "#lib/engine/sis/source.ts";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { sampleOf } from "./check-sample.ts";
import { type FetchedSet, type FoundSet, findSet, type OpenedDirectory, openDirectory, type SetFile, takeSet } from "./fetch-set.ts";
import { collectionFiles, isReadFile, type ReadFile } from "./files.ts";
import type { Header } from "./headers.ts";
import { type FileModes, type ModedFile, readModes } from "./manifest.ts";
import { type Heads, headsOf, ofVersion, presentIn, readManifest, refuseTemplate, understand } from "./read-set.ts";
import { openSession, type SftpSession } from "./session.ts";
import { openSocket } from "./socket.ts";
import { spool } from "./spool.ts";
import { type ToldVersion, tellVersion } from "./version.ts";

const HEAD_BYTES = 262_144;

type Outcome = Partial<Pick<CheckStep, "state" | "cause" | "remedy" | "hostKeyFingerprint" | "sample" | "learned">> & {
  readonly evidence: readonly string[];
};
interface Step {
  readonly id: string;
  readonly name: string;
  /** Whether there is anything to it, once its turn has come. */
  readonly applies?: () => boolean;
  run(): Promise<Outcome>;
}

/** Runs the steps and tells each as it begins and ends. @throws RunCancelled only */
export async function* checkConnection(
  credentials: OneRosterCsvCredentials,
  context: SourceContext,
  patience: Patience,
): AsyncGenerator<CheckStep> {
  const test = new ConnectionTest(credentials, context, patience);
  try {
    let isOver = false;
    for (const step of test.steps) {
      const { id, name } = step;
      if (step.applies?.() === false) continue;
      if (isOver) {
        yield { id, name, state: "skipped", evidence: [] };
        continue;
      }
      yield { id, name, state: "running", evidence: [] };
      const outcome = await step.run().catch(failedOutcome);
      yield { id, name, state: "passed", ...outcome };
      isOver = outcome.state === "failed" || outcome.hostKeyFingerprint !== undefined;
    }
  } finally {
    test.close();
  }
}

function failedOutcome(error: unknown): Outcome {
  if (error instanceof RunCancelled) throw error;
  if (error instanceof RunFailure) return { state: "failed", evidence: [], cause: error.message, remedy: error.remedy };
  return {
    state: "failed",
    evidence: [],
    cause: "Aivo itself failed at this step.",
    remedy: "Try again; if it stays, tell Aivo's operator when it happened.",
  };
}

/** What the steps hand to each other, in the order in which they run. */
class ConnectionTest {
  readonly #credentials: OneRosterCsvCredentials;
  readonly #context: SourceContext;
  readonly #patience: Patience;
  #target: Target | null = null;
  #socket: Awaited<ReturnType<typeof openSocket>> | null = null;
  #connecting: Promise<SftpSession> | null = null;
  #session: SftpSession | null = null;
  #signedInWith = "";
  #directory: OpenedDirectory | null = null;
  #found: FoundSet | null = null;
  #set: FetchedSet | null = null;
  #told: ToldVersion | null = null;
  #modes: FileModes | null = null;
  #headers: ReadonlyMap<ModedFile, Header> = new Map();

  constructor(credentials: OneRosterCsvCredentials, context: SourceContext, patience: Patience) {
    this.#credentials = credentials;
    this.#context = context;
    this.#patience = patience;
  }

  get steps(): readonly Step[] {
    return [
      { id: "resolve", name: "Name resolution", run: () => this.#resolve() },
      { id: "tcp", name: "Connection", run: () => this.#connect() },
      { id: "ssh", name: "SSH handshake and host key", run: () => this.#shakeHands() },
      { id: "sign-in", name: "Sign-in", run: () => this.#signIn() },
      { id: "directory", name: "Directory", run: () => this.#openDirectory() },
      { id: "files", name: "Files found", run: () => this.#findFiles() },
      { id: "manifest", name: "Manifest and version", run: () => this.#readManifest() },
      { id: "headers", name: "Headers", run: () => this.#readHeaders() },
      ...collectionFiles.map((file) => ({
        id: `sample-${file}`,
        name: `First rows of ${file}.csv`,
        applies: () => file !== "roles" || this.#told?.version === "1.2",
        run: async (): Promise<Outcome> => {
          const spooled = this.#set?.files.get(file);
          const header = this.#headers.get(file);
          if (spooled === undefined || header === undefined) return { state: "skipped", evidence: ["Not in this set."] };
          const { version } = need(this.#told);
          return sampleOf(spooled, { collection: file, header, version, mode: need(this.#modes)[file] });
        },
      })),
    ];
  }

  close(): void {
    this.#connecting?.catch(() => {});
    this.#session?.close();
    this.#socket?.destroy();
  }

  async #resolve(): Promise<Outcome> {
    const { host, port } = this.#credentials;
    const { signal, trustedOrigins } = this.#context;
    this.#target = await resolveTarget({ scheme: "sftp", host, port, trustedOrigins, signal });
    const { addresses, address, isTrusted } = this.#target;
    return { evidence: [`${host} is ${addresses.join(", ")}; ${address} is used.`, ...(isTrusted ? ["Allowed by Aivo's operator."] : [])] };
  }

  async #connect(): Promise<Outcome> {
    const target = need(this.#target);
    this.#socket = await openSocket(target, this.#patience, this.#context.signal);
    return { evidence: [`Port ${target.port} at ${target.address} is open.`] };
  }

  async #shakeHands(): Promise<Outcome> {
    const handshake = Promise.withResolvers<void>();
    let fingerprint = "";
    this.#connecting = openSession({
      socket: need(this.#socket),
      target: need(this.#target),
      credentials: this.#credentials,
      patience: this.#patience,
      signal: this.#context.signal,
      onHostKey: (shown) => {
        fingerprint = shown;
      },
      onHandshake: () => handshake.resolve(),
      onSignedIn: (how) => {
        this.#signedInWith = how;
      },
    });
    try {
      await Promise.race([handshake.promise, this.#connecting]);
    } catch (error) {
      if (!(error instanceof RunFailure) || (error.code !== "host-key-unknown" && error.code !== "host-key-changed")) throw error;
      const state = error.code === "host-key-unknown" ? "warning" : "failed";
      return { state, evidence: [`Host key: ${fingerprint}`], cause: error.message, remedy: error.remedy, hostKeyFingerprint: fingerprint };
    }
    return { evidence: [`Host key: ${fingerprint}, as confirmed.`] };
  }

  async #signIn(): Promise<Outcome> {
    this.#session = await need(this.#connecting);
    return { evidence: [`Signed in as ${this.#credentials.username} with ${this.#signedInWith}.`] };
  }

  async #openDirectory(): Promise<Outcome> {
    this.#directory = await openDirectory(need(this.#session), this.#credentials.directory);
    const { folder, entries } = this.#directory;
    return { evidence: [`${folder} holds ${entries.length} ${entries.length === 1 ? "entry" : "entries"}.`] };
  }

  async #findFiles(): Promise<Outcome> {
    const session = need(this.#session);
    await mkdir(this.#context.spoolDirectory, { recursive: true, mode: 0o700 });
    this.#found = await findSet(session, need(this.#directory));
    const { located } = this.#found;
    if (located.kind === "files") this.#set = await this.#takeHeads(session, this.#found);
    else
      this.#set = await takeSet(session, this.#found, {
        credentials: this.#credentials,
        context: this.#context,
        patience: this.#patience,
        onProgress: () => {},
      });
    const entries = located.kind === "files" ? located.files.map(({ entry }) => entry) : located.archives.slice(0, 1);
    const inside = located.kind === "archives" ? [...this.#set.files.values()] : [];
    return {
      evidence: [
        ...entries.map(
          ({ name, size, modified }) =>
            `${name}: ${size.toLocaleString("en-US")} bytes, modified ${modified.toISOString().slice(0, 16).replace("T", " ")} UTC`,
        ),
        ...inside.map(({ name, bytes }) => `${name} in it: ${bytes.toLocaleString("en-US")} bytes`),
        ...this.#set.notes,
      ],
    };
  }

  async #takeHeads(session: SftpSession, { folder, located, notes }: FoundSet): Promise<FetchedSet> {
    const files = new Map<ReadFile, SetFile>();
    for (const { entry, file } of located.kind === "files" ? located.files : []) {
      if (!isReadFile(file)) continue;
      const bytes = session.read(`${folder === "/" ? "" : folder}/${entry.name}`, Math.min(entry.size, HEAD_BYTES), `read ${entry.name}`);
      const spooled = await spool(bytes, {
        path: join(this.#context.spoolDirectory, `head-${file}.csv`),
        name: entry.name,
        isText: true,
        isHead: entry.size > HEAD_BYTES,
      });
      files.set(file, { ...spooled, modified: entry.modified });
    }
    return { files, instead: located.kind === "files" ? located.instead : new Map(), notes: [...notes, ...located.notes] };
  }

  async #readManifest(): Promise<Outcome> {
    const fetched = need(this.#set);
    const manifest = await readManifest(fetched);
    // Names of another version explain more than what does not fit because of it.
    const allHeads = await headsOf(fetched);
    this.#told = tellVersion({ manifest, heads: allHeads });
    const { version, because } = this.#told;
    const { set, heads, notes: unused } = ofVersion(version, fetched, allHeads);
    this.#set = set;
    this.#heads = heads;
    refuseTemplate(heads, manifest);
    const { modes, notes } = readModes({ version, manifest, present: presentIn(set), instead: set.instead });
    this.#modes = modes;
    const told = `OneRoster ${version}, told by ${because}.`;
    const how =
      manifest === null
        ? ["There is no manifest.csv; every file is read as complete (bulk)."]
        : Object.entries(modes).map(([file, mode]) => `${file}: ${mode}`);
    return { evidence: [told, ...how, ...unused, ...notes], learned: { version } };
  }

  #heads: Heads = new Map();

  async #readHeaders(): Promise<Outcome> {
    const { version } = need(this.#told);
    const { modes, headers, notes } = await understand(need(this.#set), this.#heads, { version, modes: need(this.#modes) });
    this.#modes = modes;
    this.#headers = headers;
    const evidence = [...headers].map(([file, { columns, width, unread }]) => {
      const ignored = unread.length === 0 ? "" : `; not read: ${unread.slice(0, 12).join(", ")}${unread.length > 12 ? " …" : ""}`;
      return `${this.#heads.get(file)?.fileName ?? file}: ${width} columns, ${columns.length} read${ignored}`;
    });
    return { evidence: [...evidence, ...notes] };
  }
}

/** What an earlier step left; a step only runs after all before it have passed. */
function need<T>(value: T | null): T {
  if (value === null) throw new Error("a step of the connection test ran before the one that it needs");
  return value;
}
