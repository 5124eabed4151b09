import { afterAll, afterEach, expect, test, vi } from "vitest";
import { errorFields, log, logAbout, setLogLevel } from "./log.ts";

const written: string[] = [];
vi.spyOn(process.stdout, "write").mockImplementation((text) => {
  written.push(String(text));
  return true;
});
afterAll(() => vi.restoreAllMocks());
afterEach(() => {
  written.length = 0;
  setLogLevel("info");
});

const lines = () => written.map((line) => JSON.parse(line));

test("a line is one JSON document with level, time and event", () => {
  log.info("tick", { due: 3 });
  expect(written[0]).toMatch(/^\{.*\}\n$/);
  expect(lines()).toEqual([{ level: "info", at: expect.stringMatching(/^\d{4}-.*Z$/), event: "tick", due: 3 }]);
});

test("what is below the level of the process is not written", () => {
  setLogLevel("warn");
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  setLogLevel("silent");
  log.error("e");
  expect(lines().map(({ level, event }) => [level, event])).toEqual([
    ["warn", "c"],
    ["error", "d"],
  ]);
});

test("whatever is written on behalf of a run names it, however deep, and only then", async () => {
  await logAbout({ districtId: "d", runId: "r" }, async () => {
    await Promise.resolve();
    logAbout({ step: "read" }, () => log.info("inside", { rows: 1 }));
  });
  log.info("outside");
  expect(lines()[0]).toMatchObject({ districtId: "d", runId: "r", step: "read", rows: 1 });
  expect(lines()[1]).not.toHaveProperty("runId");
});

test("secrets, names and addresses are left out whoever gives them, and of an error everything but its kind", () => {
  log.info("planted", { password: "p-1", email: "x", name: "Ada", code: "ada@school.example", where: "sftp://user:p-2@host/", runId: "r" });
  const error = new Error("duplicate key (ada@school.example)", { cause: Object.assign(new Error("p-3"), { code: "23505" }) });
  log.error("broke", errorFields(error));
  const all = written.join("");
  for (const secret of ["p-1", "p-2", "p-3", "Ada", "ada@"]) expect(all).not.toContain(secret);
  expect(lines()[0]).toMatchObject({ runId: "r", password: "[left out]", code: "[left out]" });
  expect(lines()[1]).toMatchObject({ error: "Error", code: "23505", at_line: expect.stringContaining("log.test.ts") });
});
