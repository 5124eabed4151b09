import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { gotOut, isInBreaches } from "./breached.ts";

const folder = await mkdtemp(join(tmpdir(), "aivo-breached-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const hashOf = (password: string) => createHash("sha1").update(password).digest("hex").toUpperCase();

async function listOf(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

test.each([
  ["as it is given away", (hash: string, n: number) => `${hash}:${n % 7 === 0 ? 1 : 3_861_493 * n}`, "\r\n"],
  ["without counts", (hash: string) => hash, "\n"],
])("each password of a list %s is found, and none beside it", async (name, lineOf, end) => {
  for (const count of [1, 2, 3, 150]) {
    const passwords = Array.from({ length: count }, (_, n) => `a lantern at harbor ${n}`);
    const lines = passwords
      .map(hashOf)
      .sort()
      .map((hash, n) => lineOf(hash, n));
    for (const last of ["", end]) {
      const file = await listOf(`${name} ${count}`, lines.join(end) + last);
      for (const password of passwords) expect(await isInBreaches(file, password), password).toBe(true);
      for (let n = 0; n < 100; n++) expect(await isInBreaches(file, `no lantern at harbor ${n}`)).toBe(false);
    }
  }
});

test("a list that cannot be read, or is another file, is told and keeps nobody out", async () => {
  const said = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const files = [
    join(folder, "nothing"),
    folder,
    await listOf("empty", ""),
    await listOf("words", "password\nlantern\n"),
    await listOf("small", `${hashOf("a lantern").toLowerCase()}\n`),
    await listOf("one line", "A".repeat(5000)),
  ];
  for (const file of files) {
    await expect(isInBreaches(file, "a lantern"), file).rejects.toThrow();
    expect(await gotOut(file, "a lantern")).toBe(false);
  }
  expect(said.mock.calls.filter(([line]) => String(line).includes("breached-passwords-unread"))).toHaveLength(files.length);
  expect(said.mock.calls.join()).not.toContain("lantern");
  said.mockRestore();
  expect(await gotOut(null, "a lantern")).toBe(false);
});
