import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CheckStep } from "#lib/engine/sis/source.ts";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { csvOf, validSet, zipOf } from "#lib/engine/testing/sis/sets.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
beforeEach(() => bench.put(validSet()));
afterAll(() => bench.stop());

const ended = (steps: readonly CheckStep[]) => steps.filter(({ state }) => state !== "running");
const statesOf = (steps: readonly CheckStep[]) => Object.fromEntries(ended(steps).map(({ id, state }) => [id, state]));
const step = (steps: readonly CheckStep[], id: string) => ended(steps).find((candidate) => candidate.id === id);
const ids = [
  "resolve",
  "tcp",
  "ssh",
  "sign-in",
  "directory",
  "files",
  "manifest",
  "headers",
  "sample-orgs",
  "sample-academicSessions",
  "sample-courses",
  "sample-classes",
  "sample-users",
  "sample-enrollments",
];

describe("Test Connection", () => {
  it("tells each step as it begins and ends, with what was seen", async () => {
    const steps = await bench.check();
    expect(steps.map(({ id, state }) => `${id} ${state}`)).toEqual(ids.flatMap((id) => [`${id} running`, `${id} passed`]));
    expect(step(steps, "ssh")?.evidence.join()).toContain(bench.sshd.hostKeyFingerprint);
    expect(step(steps, "sign-in")?.evidence.join()).toContain("with a private key");
    expect(step(steps, "directory")?.evidence).toEqual([`${bench.sshd.remoteDirectory} holds 7 entries.`]);
    expect(step(steps, "files")?.evidence.find((line) => line.startsWith("users.csv"))).toMatch(
      /^users\.csv: \d+ bytes, modified \d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
    );
    expect(step(steps, "manifest")?.evidence).toContain("users: bulk");
    expect(step(steps, "headers")?.evidence.find((line) => line.startsWith("users.csv"))).toContain("password");
    expect(step(steps, "sample-users")?.sample).toMatchObject({
      collection: "users",
      part: "users.csv",
      rows: [{ line: 2, skipped: null }, {}, {}, {}, {}],
    });
    expect(step(steps, "sample-users")?.sample?.columns).not.toContain("password");
    expect(step(steps, "sample-orgs")?.sample?.rows[0]).toMatchObject({ skipped: expect.stringContaining("district") });
    expect(JSON.stringify(steps)).not.toContain("planted-password");
  });

  it("leaves the server's files as they were and reads an archive as well", async () => {
    await bench.put({ "roster.zip": await zipOf(validSet()) });
    const steps = await bench.check();
    expect(statesOf(steps)).toEqual(Object.fromEntries(ids.map((id) => [id, "passed"])));
    expect(step(steps, "files")?.evidence.join("\n")).toMatch(/roster\.zip: .*\n.*in it/);
    expect(await readdir(bench.sshd.root)).toEqual(["roster.zip"]);
  });

  it("shows an unconfirmed host key and goes no further, so that nothing secret is sent", async () => {
    const steps = await bench.check({ credentials: { hostKeyFingerprint: undefined } });
    expect(step(steps, "ssh")).toMatchObject({
      state: "warning",
      hostKeyFingerprint: bench.sshd.hostKeyFingerprint,
      remedy: expect.stringContaining("confirm"),
    });
    expect(statesOf(steps)).toEqual(
      Object.fromEntries(ids.map((id, index) => [id, index < 2 ? "passed" : index === 2 ? "warning" : "skipped"])),
    );
  });

  it("names both keys when the host key is another than the pinned one", async () => {
    const pinned = `SHA256:${"A".repeat(43)}`;
    const steps = await bench.check({ credentials: { hostKeyFingerprint: pinned } });
    expect(step(steps, "ssh")).toMatchObject({
      state: "failed",
      hostKeyFingerprint: bench.sshd.hostKeyFingerprint,
      cause: expect.stringContaining(pinned),
    });
    expect(step(steps, "sign-in")?.state).toBe("skipped");
  });

  it.each([
    ["resolve", { host: "no-such-host.invalid" }, /no server with the name/],
    ["resolve", { host: "localhost" }, /loopback/],
    ["tcp", { port: 1, host: "127.0.0.1" }, /Nothing listens/],
    ["sign-in", { privateKey: undefined, password: "wrong" }, /user name and password/],
    ["sign-in", { privateKey: "no key" }, /none that Aivo can read/],
    ["directory", { directory: "/no/such" }, /no directory/],
  ])("fails at %s with %j, with cause and remedy, and skips the rest", async (id, credentials, cause) => {
    const steps = await bench.check({ credentials });
    expect(step(steps, id)).toMatchObject({ state: "failed", cause: expect.stringMatching(cause), remedy: expect.stringMatching(/./) });
    const states = ended(steps).map(({ state }) => state);
    expect(states.slice(states.indexOf("failed") + 1).every((state) => state === "skipped")).toBe(true);
  });

  it("fails at the files, the manifest or the headers, whichever it is", async () => {
    await bench.put({ "photo.jpg": "x" });
    expect(step(await bench.check(), "files")).toMatchObject({ state: "failed", cause: expect.stringContaining("photo.jpg") });
    await bench.put(validSet({ "users.csv": null }));
    expect(step(await bench.check(), "manifest")).toMatchObject({ state: "failed", cause: expect.stringContaining("promises users.csv") });
    await bench.put(validSet({ "users.csv": "sourcedId\nu1\n" }));
    expect(step(await bench.check(), "headers")).toMatchObject({ state: "failed", cause: expect.stringContaining("givenName") });
    await bench.put(
      validSet({
        "classes.csv": "sourcedId,title,grade,courseSourcedId,classType,schoolSourcedId,termSourcedId\nc1,A,9,co1,scheduled,s1,t1\n",
      }),
    );
    expect(step(await bench.check(), "manifest")).toMatchObject({ state: "failed", cause: expect.stringContaining("OneRoster 1.0") });
  });

  it("shows what would be skipped and why, of a file of which only the begin is read", async () => {
    const header = ["sourcedId", "orgSourcedIds", "role", "username", "givenName", "familyName"];
    const rows = Array.from({ length: 20_000 }, (_, index) => [
      `u${index}`,
      "s1",
      index === 7 ? "wizard" : index === 9 ? "parent" : "student",
      `u${index}`,
      "Zoë",
      "East",
    ]);
    await bench.put(validSet({ "users.csv": csvOf([header, ...rows]) }));
    const sample = step(await bench.check(), "sample-users");
    expect(sample).toMatchObject({
      state: "warning",
      evidence: expect.arrayContaining(["Of the first 200 rows, 198 come through and 2 would be skipped."]),
    });
    expect(sample?.sample?.rows.filter(({ skipped }) => skipped !== null)).toMatchObject([
      { line: 9, skipped: expect.stringContaining("vocabulary") },
      { line: 11, skipped: expect.stringContaining("not rostered") },
    ]);
    expect(sample?.evidence.join()).not.toContain("Zoë");
  });
});
