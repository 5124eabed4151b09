import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { type SetFiles, validSet, zipOf } from "#lib/engine/testing/sis/sets.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

const readZip = async (content: Buffer, name = "roster.zip", modified?: Date) => {
  await bench.put({ [name]: content }, modified);
  return bench.read();
};
const readZipOf = async (files: SetFiles) => readZip(await zipOf(files));
const inFolder = (files: SetFiles, folder: string) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));

/** Changes bytes of an archive, as a tool that means no good would. The name must be as long as the one it replaces. */
function renamed(zip: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error("the lengths differ");
  const copy = Buffer.from(zip);
  for (let at = copy.indexOf(from); at !== -1; at = copy.indexOf(from, at + 1)) copy.write(to, at, "latin1");
  return copy;
}

describe("an archive", () => {
  it("is read at its root, in one folder, and with names in any case", async () => {
    const loose = await bench.put(validSet()).then(() => bench.read());
    for (const files of [
      validSet(),
      inFolder(validSet(), "Export 2026"),
      Object.fromEntries(Object.entries(validSet()).map(([name, content]) => [name.toUpperCase(), content])),
    ]) {
      const result = await readZipOf(files);
      expect(result.records.users).toHaveLength(5);
      expect(result.fingerprint).toBe(loose.fingerprint);
    }
  });

  it("may hold what is no roster, which is named and not read", async () => {
    const result = await readZipOf({
      ...validSet(),
      "lineItems.csv": "x",
      "deep/er/users.csv": "x",
      "__MACOSX/._users.csv": "x",
      "about.pdf": "x",
    });
    expect(result.notes.join()).toMatch(/lineItems\.csv.*deep\/er\/users\.csv.*about\.pdf/);
    expect(result.notes.join()).not.toContain("MACOSX");
  });

  it("that is encrypted fails", async () => {
    const zip = await zipOf(validSet());
    // The encryption bit in local and central headers, which is what readers go by.
    for (const [signature, offset] of [
      ["PK\x03\x04", 6],
      ["PK\x01\x02", 8],
    ] as const) {
      for (let at = zip.indexOf(signature, 0, "latin1"); at !== -1; at = zip.indexOf(signature, at + 4, "latin1"))
        zip[at + offset] = (zip[at + offset] ?? 0) | 1;
    }
    await expect(readZip(zip)).rejects.toMatchObject({ code: "archive-encrypted", remedy: expect.stringContaining("password") });
  });

  it("that is none, or lacks its end, fails; one just uploaded is tried again first", async () => {
    await expect(readZip(Buffer.from("this is no archive at all"))).rejects.toMatchObject({ code: "archive-invalid", transient: false });
    const whole = await zipOf(validSet());
    const cut = whole.subarray(0, whole.length / 2);
    await expect(readZip(cut)).rejects.toMatchObject({ code: "archive-invalid", message: expect.stringContaining("upload had not ended") });
    await bench.put({ "roster.zip": cut }, new Date(Date.now() - 60_000));
    const result = await bench.read({ patience: { wait: async () => writeFile(join(bench.sshd.root, "roster.zip"), whole) } });
    expect(result.records.users).toHaveLength(5);
  });

  it("that is damaged inside fails", async () => {
    const zip = await zipOf(
      validSet({
        "users.csv": Buffer.from(`sourcedId\n${Array.from({ length: 5_000 }, (_, index) => `u${(index * 7919) % 10_007}`).join("\n")}`),
      }),
    );
    const at = zip.indexOf("users.csv") + 2_000;
    zip.fill(0x55, at, at + 64);
    await expect(readZip(zip)).rejects.toMatchObject({ code: "archive-invalid", message: expect.stringContaining("users.csv") });
  });

  it("with the same file twice fails", async () => {
    await expect(readZipOf({ ...validSet(), "old/Users.csv": "sourcedId\n" })).rejects.toMatchObject({
      code: "archive-invalid",
      message: expect.stringContaining("users.csv more than once: users.csv and old/Users.csv"),
    });
  });

  it("with another archive, unfinished uploads or folders instead of files says what it holds", async () => {
    const nested = await readZipOf({ "inner.zip": await zipOf(validSet()) }).catch((error: unknown) => error);
    expect(nested).toMatchObject({
      code: "no-files",
      message: expect.stringContaining("roster.zip holds another archive, inner.zip, and archives inside of archives are not unpacked."),
    });
    await expect(readZipOf({ "users.csv.part": "x", "orgs.csv/readme.txt": "x" })).rejects.toMatchObject({
      message: expect.stringMatching(/roster\.zip holds .*users\.csv\.part is an upload that has not ended\. orgs\.csv is a folder/),
    });
    const partly = { ...validSet({ "users.csv": null }), "users.csv.filepart": "x" };
    await expect(readZipOf(partly)).rejects.toMatchObject({
      code: "file-missing",
      message: expect.stringContaining(
        "promises users.csv (bulk), but it is not there; users.csv.filepart is there, an upload that has not ended.",
      ),
    });
  });

  it.each([["../etc.csv"], ["/etc/1.csv"], ["a/../b.csv"], ["C:/aaa.csv"], ["..\\etc.csv"]])(
    "with an entry named %s fails",
    async (name) => {
      const plain = `${"x".repeat(name.length - 4)}.csv`;
      await expect(readZip(renamed(await zipOf({ ...validSet(), [plain]: "x" }), plain, name))).rejects.toMatchObject({
        code: "archive-unsafe",
      });
    },
  );

  it("with a symbolic link fails", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aivo-link-"));
    try {
      await symlink("/etc/passwd", join(folder, "users.csv"));
      const script =
        "import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1],'w')\ni=zipfile.ZipInfo('users.csv')\ni.create_system=3\ni.external_attr=0o120777<<16\nz.writestr(i,'/etc/passwd')\nz.close()";
      await promisify(execFile)("python3", ["-c", script, join(folder, "link.zip")]);
      await expect(readZip(await readFile(join(folder, "link.zip")))).rejects.toMatchObject({
        code: "archive-unsafe",
        message: expect.stringContaining("symbolic link"),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("that would fill the disk fails, whatever its headers say", async () => {
    const blanks = Buffer.alloc(40 * 1024 ** 2, " ");
    const zip = await zipOf({ ...validSet(), "users.csv": blanks });
    expect(zip.length).toBeLessThan(200_000);
    await expect(readZip(zip)).rejects.toMatchObject({ code: "archive-bomb", message: expect.stringContaining("users.csv") });
    // The size in the central directory says 5,000 bytes.
    const lying = Buffer.from(zip);
    for (let at = lying.indexOf("PK\x01\x02", 0, "latin1"); at !== -1; at = lying.indexOf("PK\x01\x02", at + 4, "latin1"))
      if (lying.readUInt32LE(at + 24) === blanks.length) lying.writeUInt32LE(5_000, at + 24);
    await expect(readZip(lying)).rejects.toMatchObject({ code: "archive-bomb" });
  });

  it("with too many entries fails", async () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`f${index}.txt`, ""]));
    await expect(readZipOf({ ...validSet(), ...many })).rejects.toMatchObject({
      code: "archive-bomb",
      message: expect.stringContaining("200"),
    });
  });

  it("without a roster file is passed over for the next newest", async () => {
    await bench.put({
      "photos_2026-08-03.zip": await zipOf({ "a.jpg": "x" }),
      "roster_2026-08-02.zip": await zipOf(validSet()),
      "roster_2026-08-01.zip": await zipOf({}),
    });
    const result = await bench.read();
    expect(result.records.users).toHaveLength(5);
    expect(result.notes).toContain("photos_2026-08-03.zip holds no roster file and was passed over.");
    await bench.put(validSet());
    await writeFile(join(bench.sshd.root, "photos.zip"), await zipOf({ "a.jpg": "x" }));
    const loose = await bench.read({ now: () => new Date(Date.now() + 60_000) });
    expect(loose.records.users).toHaveLength(5);
    expect(loose.notes).toEqual(["photos.zip holds no roster file and was passed over."]);
  });
});
