import { appendFileSync, renameSync, rmSync } from "node:fs";
import { chmod, mkdir, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Fault, startFaultyProxy } from "#lib/engine/testing/sis/faulty-proxy.ts";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { csvOf, validSet } from "#lib/engine/testing/sis/sets.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.put(validSet()));
afterAll(() => bench.stop());

const fileAt = (name: string) => join(bench.sshd.root, name);
const users = (count: number) =>
  csvOf([
    ["sourcedId", "orgSourcedIds", "role", "username", "givenName", "familyName"],
    ...Array.from({ length: count }, (_, index) => [`u${index}`, "s1", "student", `u${index}`, "Cleo", "East"]),
  ]);

async function behind<T>(
  fault: Fault,
  run: (proxy: { port: number; connections: () => number }) => Promise<T>,
  upstream: number | null = bench.sshd.port,
): Promise<T> {
  const proxy = await startFaultyProxy(upstream, fault);
  try {
    return await run(proxy);
  } finally {
    await proxy.stop();
  }
}

describe("signing in", () => {
  const withoutKey = { privateKey: undefined };

  it("works with a password", async () => {
    expect((await bench.read({ credentials: { ...withoutKey, password: bench.sshd.password } })).records.users).toHaveLength(5);
  });

  it("works with a password that is asked for in a dialogue", async () => {
    const other = await startBench({ passwordMethod: "keyboard-interactive" });
    try {
      await other.put(validSet());
      expect((await other.read({ credentials: { ...withoutKey, password: other.sshd.password } })).records.users).toHaveLength(5);
      await expect(other.read({ credentials: { ...withoutKey, password: "wrong" } })).rejects.toMatchObject({ code: "sign-in" });
    } finally {
      await other.stop();
    }
  });

  it.each([
    ["ed25519", "openssh", undefined],
    ["ed25519", "openssh", "open sesame"],
    ["rsa", "pem", undefined],
    ["rsa", "pem", "open sesame"],
    ["ecdsa", "pem", undefined],
    ["rsa", "openssh", "open sesame"],
  ] as const)("works with a key of type %s in %s format, passphrase %s", async (type, format, passphrase) => {
    const key = await bench.sshd.issueKey({ type, format, ...(passphrase === undefined ? {} : { passphrase }) });
    expect(
      (await bench.read({ credentials: { privateKey: key.privateKey.replaceAll("\n", "\r\n"), passphrase } })).records.users,
    ).toHaveLength(5);
    if (passphrase === undefined) return;
    await expect(bench.read({ credentials: { privateKey: key.privateKey, passphrase: "wrong" } })).rejects.toMatchObject({
      code: "sign-in",
      message: expect.stringContaining("passphrase does not open"),
      transient: false,
    });
    await expect(bench.read({ credentials: { privateKey: key.privateKey, passphrase: undefined } })).rejects.toMatchObject({
      code: "sign-in",
      message: expect.stringContaining("none was entered"),
    });
  });

  it("fails with a wrong password, without trying it again", async () => {
    await behind({ kind: "cut", afterBytes: 0, times: 0 }, async ({ port, connections }) => {
      const failure = await bench
        .read({ credentials: { ...withoutKey, password: "planted-secret", port } })
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: "sign-in",
        step: "sign in",
        transient: false,
        message: expect.stringContaining("user name and password"),
      });
      expect(String(failure) + JSON.stringify(failure)).not.toContain("planted-secret");
      expect(connections()).toBe(1);
    });
  });

  it("fails with a key that the server does not know, and with what is no key", async () => {
    const stranger = await startBench();
    try {
      await expect(bench.read({ credentials: { privateKey: stranger.sshd.privateKey } })).rejects.toMatchObject({
        code: "sign-in",
        message: expect.stringContaining("private key"),
      });
    } finally {
      await stranger.stop();
    }
    await expect(bench.read({ credentials: { privateKey: "hunter2" } })).rejects.toMatchObject({
      code: "sign-in",
      message: expect.stringContaining("none that Aivo can read"),
    });
    await expect(bench.read({ credentials: { privateKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBase x@y" } })).rejects.toMatchObject({
      code: "sign-in",
      message: expect.stringContaining("public key"),
    });
    await expect(bench.read({ credentials: { privateKey: bench.sshd.privateKey.slice(0, 200) } })).rejects.toMatchObject({
      code: "sign-in",
      message: expect.stringContaining("damaged"),
    });
  });
});

describe("the host key", () => {
  it("that nobody confirmed ends the connection and is named", async () => {
    await expect(bench.read({ credentials: { hostKeyFingerprint: undefined } })).rejects.toMatchObject({
      code: "host-key-unknown",
      message: expect.stringContaining(bench.sshd.hostKeyFingerprint),
    });
  });

  it("that changed ends the connection and both are named", async () => {
    const before = bench.sshd.hostKeyFingerprint;
    await bench.sshd.rotateHostKey();
    const after = bench.sshd.hostKeyFingerprint;
    try {
      const failure = await bench.read({ credentials: { hostKeyFingerprint: before } }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "host-key-changed", transient: false, message: expect.stringContaining(before) });
      expect(failure).toMatchObject({ message: expect.stringContaining(after) });
    } finally {
      await bench.stop();
      bench = await startBench();
    }
  });
});

describe("the server's files", () => {
  it("a missing directory, a file in its place, an empty one and a foreign one are told apart", async () => {
    await expect(bench.read({ credentials: { directory: "/no/such/folder" } })).rejects.toMatchObject({
      code: "directory-missing",
      message: expect.stringContaining("/no/such/folder"),
    });
    await expect(bench.read({ credentials: { directory: fileAt("users.csv") } })).rejects.toMatchObject({
      code: "directory-missing",
      message: expect.stringContaining("is a file"),
    });
    await bench.put({});
    await expect(bench.read()).rejects.toMatchObject({ code: "no-files", message: expect.stringContaining("is empty") });
    await bench.put({ "grades.xlsx": "x" });
    await expect(bench.read()).rejects.toMatchObject({ code: "no-files", message: expect.stringContaining("grades.xlsx") });
  });

  it("a relative directory begins where the account is put", async () => {
    await mkdir(fileAt("inner"), { mode: 0o755 });
    for (const [name, content] of Object.entries(validSet())) await writeFile(join(bench.sshd.root, "inner", name), content);
    expect((await bench.read({ credentials: { directory: "inner/" } })).records.users).toHaveLength(5);
    expect((await bench.read({ credentials: { directory: "~/inner" } })).records.users).toHaveLength(5);
    expect((await bench.read({ credentials: { directory: "." } })).records.users).toHaveLength(5);
  });

  it("a folder per day: the newest with a complete set is read", async () => {
    const under = (day: string, files = validSet()) =>
      Object.fromEntries(Object.entries(files).map(([name, content]) => [`${day}/${name}`, content]));
    await bench.put({
      ...under("2026-08-01"),
      ...under("2026-08-02", validSet({ "orgs.csv": validSet()["orgs.csv"]?.toString().replace("North", "Northern") ?? "" })),
      ...under("2026-08-03", { "users.csv": "x" }),
    });
    const result = await bench.read();
    expect(result.records.orgs?.[1]?.fields.name).toBe("Northern School");
    expect(result.notes).toContain("Read from the folder 2026-08-02.");
  });

  it("a file or a directory that may not be read", async () => {
    await chmod(fileAt("users.csv"), 0o000);
    await expect(bench.read()).rejects.toMatchObject({ code: "permission", step: "download users.csv", transient: false });
    await mkdir(fileAt("shut"), { mode: 0o000 });
    await expect(bench.read({ credentials: { directory: fileAt("shut") } })).rejects.toMatchObject({ code: "permission" });
    await chmod(fileAt("shut"), 0o755);
  });

  it("a file that is too large is not even begun", async () => {
    await truncate(fileAt("users.csv"), 3 * 1024 ** 3);
    await expect(bench.read()).rejects.toMatchObject({
      code: "file-too-large",
      message: expect.stringContaining("users.csv has 3072 MiB"),
    });
  });
});

describe("a set that is being uploaded", () => {
  it("is read again until it holds still", async () => {
    await bench.put({ ...validSet(), "users.csv": users(30_000) });
    let appended = 0;
    // While the rest of the first read is on its way the file grows; during the wait the upload ends.
    const result = await behind({ kind: "cut", afterBytes: Number.POSITIVE_INFINITY, times: 0 }, async ({ port }) =>
      bench.read({
        credentials: { port },
        now: () => {
          if (appended === 0) {
            appended += 1;
            growNow("users.csv", "u30000,s1,student,x,Cleo,East\r\n");
          }
          return new Date();
        },
      }),
    );
    expect(result.records.users).toHaveLength(30_001);
    expect(result.waits).toHaveLength(1);
  });

  it("that never holds still fails the run", async () => {
    let size = 0;
    const grow = () => {
      size += 1;
      growNow("users.csv", `x${size},,,true,s1,student,x,,A,B,,,,,,,,\r\n`);
    };
    const failure = await bench
      .read({
        now: () => {
          grow();
          return new Date();
        },
        patience: { stableAttempts: 3 },
      })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "file-changing", step: "download users.csv", message: expect.stringContaining("3 times") });
    expect(size).toBe(3);
  });

  it("is looked at twice where it was written this very second, and not otherwise", async () => {
    const now = new Date();
    await utimes(fileAt("users.csv"), now, now);
    const once = await bench.read({ now: () => now });
    expect(once.waits).toEqual([2_000]);
    expect((await bench.read({ now: () => new Date(now.getTime() + 60_000) })).waits).toEqual([]);
  });

  it("is noticed when another file takes its place, and when it is taken away", async () => {
    await writeFile(fileAt(".new"), validSet()["users.csv"]?.toString().replace("Cleo", "Cloe") ?? "");
    let isDone = false;
    const result = await bench.read({
      now: () => {
        if (!isDone) renameNow(".new", "users.csv");
        isDone = true;
        return new Date(Date.now() + 60_000);
      },
    });
    expect(result.records.users?.some(({ fields }) => fields.givenName === "Cloe")).toBe(true);
    await expect(
      bench.read({
        now: () => {
          removeNow("users.csv");
          return new Date(Date.now() + 60_000);
        },
      }),
    ).rejects.toMatchObject({ code: "file-missing" });
  });
});

describe("a bad line", () => {
  it("cut in the middle of a file is picked up again", async () => {
    await bench.put({ ...validSet(), "users.csv": users(50_000) });
    await behind({ kind: "cut", afterBytes: 500_000, times: 2 }, async ({ port, connections }) => {
      const result = await bench.read({ credentials: { port }, patience: { random: () => 0.5 } });
      expect(result.records.users).toHaveLength(50_000);
      expect(result.waits).toEqual([750, 1_500]);
      expect(connections()).toBe(3);
    });
  });

  it("cut each time fails the run after three tries", async () => {
    await bench.put({ ...validSet(), "users.csv": users(50_000) });
    await behind({ kind: "cut", afterBytes: 500_000, times: 9 }, async ({ port, connections }) => {
      await expect(bench.read({ credentials: { port } })).rejects.toMatchObject({
        code: "connection",
        transient: true,
        step: expect.stringMatching(/^(download|look at)/),
      });
      expect(connections()).toBe(3);
    });
  });

  it("that goes silent in the middle of a file, or never says anything, is a timeout", async () => {
    await bench.put({ ...validSet(), "users.csv": users(50_000) });
    await behind({ kind: "stall", afterBytes: 500_000, times: 9 }, async ({ port }) => {
      await expect(bench.read({ credentials: { port }, patience: { idleTimeoutMs: 300, attempts: 1 } })).rejects.toMatchObject({
        code: "timeout",
        transient: true,
        step: expect.stringContaining("download"),
      });
    });
    await behind(
      { kind: "stall", afterBytes: 0, times: 9 },
      async ({ port, connections }) => {
        await expect(bench.read({ credentials: { port }, patience: { connectTimeoutMs: 200 } })).rejects.toMatchObject({
          code: "timeout",
          message: expect.stringContaining("SSH handshake within 0.2 seconds"),
        });
        expect(connections()).toBe(3);
      },
      null,
    );
  });

  it("to where nothing listens, and to what is no SSH", async () => {
    // Like an FTP server, which greets and then waits, and like a web server, which closes.
    let greets = 0;
    const web = createServer((socket) => {
      greets += 1;
      socket.on("error", () => {}).resume();
      if (greets === 1) socket.write("220 ready\r\n");
      else socket.end("HTTP/1.1 400 Bad Request\r\n\r\nno SSH here\r\n");
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const address = web.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const notSsh = { code: "connection", step: "connect", transient: false, message: expect.stringContaining("is not SSH") };
    await expect(bench.read({ credentials: { port }, patience: { connectTimeoutMs: 200 } })).rejects.toMatchObject(notSsh);
    await expect(bench.read({ credentials: { port } })).rejects.toMatchObject(notSsh);
    await new Promise((resolve) => web.close(resolve));
    await expect(bench.read({ credentials: { port } })).rejects.toMatchObject({
      code: "connection",
      message: expect.stringContaining("Nothing listens"),
    });
  });

  it("is left at once when the run is cancelled", async () => {
    await bench.put({ ...validSet(), "users.csv": users(50_000) });
    await behind({ kind: "stall", afterBytes: 500_000, times: 9 }, async ({ port, connections }) => {
      const cancel = new AbortController();
      const reading = bench.read({ credentials: { port }, signal: cancel.signal, now: () => new Date() });
      const stalled = expect(reading).rejects.toMatchObject({ name: "RunCancelled" });
      // Connected is enough: wherever the read is by now, it ends.
      while (connections() === 0) await new Promise((resolve) => setImmediate(resolve));
      cancel.abort();
      await stalled;
      await expect(bench.read({ credentials: { port }, signal: cancel.signal })).rejects.toMatchObject({ name: "RunCancelled" });
    });
  });

  it("to an address inside is refused before anything is sent", async () => {
    await expect(bench.read({ credentials: { host: "localhost" } })).rejects.toMatchObject({ code: "address-refused" });
  });
});

// At once, between two steps of a read: the clock is asked for the time after a download and before the second look.
function growNow(name: string, text: string): void {
  appendFileSync(fileAt(name), text);
}
function renameNow(from: string, to: string): void {
  renameSync(fileAt(from), fileAt(to));
}
function removeNow(name: string): void {
  rmSync(fileAt(name), { force: true });
}
