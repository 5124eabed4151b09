import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { csvOf, manifestOf, validSet } from "#lib/engine/testing/sis/sets.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

const users = (set = validSet()) => set["users.csv"]?.toString() ?? "";
const readWith = async (overrides: Parameters<typeof validSet>[0]) => {
  await bench.put(validSet(overrides));
  return bench.read();
};
const namesIn = (result: Awaited<ReturnType<Bench["read"]>>) => result.records.users?.map(({ fields }) => fields.givenName);
const header = ["sourcedId", "status", "orgSourcedIds", "role", "username", "givenName", "familyName", "grades"];
const row = (id: string, given: string, ...more: string[]) => [id, "", "s1", "student", id, given, "East", "09", ...more];

describe("a valid set", () => {
  it("is read whole: modes, parts, places, and not a password", async () => {
    const result = await readWith({});
    expect(result.modes).toEqual({
      orgs: "bulk",
      academicSessions: "bulk",
      courses: "bulk",
      classes: "bulk",
      users: "bulk",
      roles: "absent",
      enrollments: "bulk",
    });
    expect(Object.entries(result.records).map(([name, records]) => [name, records?.length])).toEqual([
      ["orgs", 3],
      ["academicSessions", 2],
      ["courses", 1],
      ["classes", 2],
      ["users", 5],
      ["enrollments", 5],
    ]);
    expect(result.records.users?.[2]).toMatchObject({
      place: { part: "users.csv", position: 4 },
      fields: { sourcedId: "u3", givenName: "Cleo", orgSourcedIds: "s1", grades: "09" },
    });
    expect(result.parts.map(({ name }) => name).sort()).toEqual([
      "academicSessions.csv",
      "classes.csv",
      "courses.csv",
      "enrollments.csv",
      "manifest.csv",
      "orgs.csv",
      "users.csv",
    ]);
    expect(result.parts.every(({ sha256, modified, bytes }) => /^[0-9a-f]{64}$/.test(sha256 ?? "") && modified !== null && bytes > 0)).toBe(
      true,
    );
    expect(JSON.stringify(result.records)).not.toContain("planted-password");
    expect(result.waits).toEqual([]);
    expect(result.notes).toEqual([]);
    expect(result.proof?.()).toBe("manifest.csv names 6 roster files: 6 found");
  });

  it("has the same fingerprint for the same content, and another for any other", async () => {
    const first = await readWith({});
    expect((await readWith({})).fingerprint).toBe(first.fingerprint);
    expect((await readWith({ "users.csv": users().replace("Cleo", "Cloe") })).fingerprint).not.toBe(first.fingerprint);
    expect((await readWith({ "readme.txt": "hello" })).fingerprint).toBe(first.fingerprint);
  });

  it("is read without a manifest, as bulk, and says so", async () => {
    const result = await readWith({ "manifest.csv": null, "courses.csv": null });
    expect(result.modes).toMatchObject({ users: "bulk", courses: "absent" });
    expect(result.notes).toContain("There is no manifest.csv; every file was read as complete (bulk).");
    expect(result.proof).toBeUndefined();
  });

  it("is read as delta where the manifest says so", async () => {
    const result = await readWith({
      "manifest.csv": manifestOf({
        "file.users": "Delta",
        "file.courses": "ABSENT",
        "File.Classes": "absent",
        "file.classes": null,
        "manifest.version": "1",
      }),
      "courses.csv": null,
      "classes.csv": null,
    });
    expect(result.modes).toMatchObject({ users: "delta", courses: "absent", classes: "absent", orgs: "bulk" });
  });

  it("has demographics that are read, counted and not stored", async () => {
    const result = await readWith({
      "manifest.csv": manifestOf({ "file.demographics": "bulk" }),
      "demographics.csv": `sourcedId,status,birthDate\r\n${"u3,,2011-01-01\r\n".repeat(1104)}`,
    });
    expect(result.notes).toContain("demographics.csv: 1,104 rows read and not stored.");
    expect(JSON.stringify(result.records)).not.toContain("2011-01-01");
  });
});

describe("encoding", () => {
  const text = users().replace("Cleo", "Zoë");
  it.each([
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16 LE with a mark", iconv.encode(text, "utf-16le", { addBOM: true })],
    ["UTF-16 BE with a mark", iconv.encode(text, "utf-16be", { addBOM: true })],
    ["UTF-16 LE without a mark", iconv.encode(text, "utf-16le")],
  ])("%s", async (_, content) => {
    const result = await readWith({ "users.csv": content });
    expect(namesIn(result)).toContain("Zoë");
    expect(result.notes).toEqual([]);
  });

  it("Windows-1252, told in a note", async () => {
    const result = await readWith({ "users.csv": iconv.encode(text, "windows-1252") });
    expect(namesIn(result)).toContain("Zoë");
    expect(result.notes).toContain("users.csv is not UTF-8, read as Windows-1252.");
  });

  it("zero bytes in the text fail the run", async () => {
    await expect(readWith({ "users.csv": iconv.encode(text.replace("Zoë", "Zo\0"), "utf-16le", { addBOM: true }) })).rejects.toMatchObject({
      code: "file-encoding",
    });
    await expect(readWith({ "users.csv": `${users()}u6,\0\0\0` })).rejects.toMatchObject({
      code: "file-encoding",
      message: expect.stringContaining("users.csv"),
    });
  });
});

describe("line ends and quotes", () => {
  it.each([
    ["LF", "\n"],
    ["CR", "\r"],
    ["CRLF", "\r\n"],
  ])("%s", async (_, end) => {
    const content = csvOf([header, row("u3", "Cleo"), row("u4", "Line one\nline two"), row("u5", 'Says "hi"'), row("u6", "Dara")], end);
    const result = await readWith({ "users.csv": content });
    expect(namesIn(result)).toEqual(["Cleo", "Line one\nline two", 'Says "hi"', "Dara"]);
    expect(result.records.users?.map(({ place }) => place.position)).toEqual([2, 3, 5, 6]);
  });

  it("blank lines are nothing", async () => {
    const result = await readWith({ "users.csv": `\r\n${csvOf([header, row("u3", "Cleo")])}\r\n,,,,,,,\r\n${csvOf([row("u4", "Dara")])}` });
    expect(result.records.users?.map(({ place }) => place.position)).toEqual([3, 6]);
    expect(result.rejected).toEqual([]);
  });
});

describe("columns", () => {
  it("come in any order and case, with extensions and invisible characters", async () => {
    const messy = [
      "metadata.shoeSize",
      "\u200bFamilyName",
      "GIVENNAME\u00a0",
      " role",
      "ext_x",
      "sourcedid",
      "orgSourcedIds\u2060",
      "UserName",
      "",
      "status",
    ];
    const result = await readWith({
      "users.csv": `\ufeff${csvOf([messy, ["44", "East", "Cleo", "student", "y", "u3", "s1", "cleo", "", "active"]])}`,
    });
    expect(result.records.users?.[0]?.fields).toEqual({
      sourcedId: "u3",
      orgSourcedIds: "s1",
      role: "student",
      username: "cleo",
      givenName: "Cleo",
      familyName: "East",
      status: "active",
    });
  });

  it("missing ones fail the run, all named", async () => {
    await expect(readWith({ "users.csv": "sourcedId,status,username,givenName,familyName\nu1,,a,b,c\n" })).rejects.toMatchObject({
      code: "header-missing-columns",
      message: expect.stringMatching(/users\.csv lacks the columns orgSourcedIds, role\b/),
    });
  });

  it("separated by semicolons fail the run, and the remedy says so", async () => {
    const content = users().replaceAll(",", ";");
    await expect(readWith({ "users.csv": content })).rejects.toMatchObject({
      code: "header-missing-columns",
      remedy: expect.stringContaining("commas"),
    });
  });

  it.each([
    ["an Excel workbook", Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), Buffer.alloc(600)]), "file-encoding", "Excel workbook"],
    [
      "a workbook of an old Excel",
      Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]),
      "file-encoding",
      "old Excel",
    ],
    ["compressed", Buffer.concat([Buffer.from("1f8b08", "hex"), Buffer.alloc(40, 7)]), "file-encoding", "gzip"],
    ["a PDF", "%PDF-1.7\nsourcedId\n", "file-encoding", "PDF"],
    [
      "a web page",
      '<!DOCTYPE html>\n<html lang="en"><body class="a" id=x>\nSign in, please\n</body></html>\n',
      "header-missing-columns",
      "web page",
    ],
    ["JSON", '{"users":[{"sourcedId":"u1"},\n{"sourcedId":"u2"}]}\n', "header-missing-columns", "JSON"],
    ["separated by tabs", users().replaceAll(",", "\t"), "header-missing-columns", "commas"],
    ["under a title", `District roster\r\n${users()}`, "header-missing-columns", "first line"],
  ])("of a file that is %s fail the run, and what it is is said", async (_, content, code, words) => {
    const failure = await readWith({ "users.csv": content }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    const { message, remedy } = failure as { message: string; remedy: string };
    expect(`${message} ${remedy}`).toContain(words);
  });

  it("named twice fail the run", async () => {
    await expect(readWith({ "users.csv": csvOf([[...header, "Role"], row("u3", "Cleo", "teacher")]) })).rejects.toMatchObject({
      code: "header-duplicate-columns",
      message: expect.stringContaining("role"),
    });
    // An extension may stand there twice.
    expect((await readWith({ "users.csv": csvOf([[...header, "ext", "ext"], row("u3", "Cleo", "1", "2")]) })).records.users).toHaveLength(
      1,
    );
  });

  it("a delta without status fails the run", async () => {
    const content = csvOf([header.filter((name) => name !== "status"), row("u3", "Cleo").filter((_, index) => index !== 1)]);
    await expect(readWith({ "manifest.csv": manifestOf({ "file.users": "delta" }), "users.csv": content })).rejects.toMatchObject({
      code: "header-missing-columns",
      message: expect.stringContaining("status"),
    });
  });
});

describe("rows", () => {
  it("too short ones are read with a notice, too long ones are left out with their id", async () => {
    const content = csvOf([
      header,
      row("u3", "Cleo").slice(0, 7),
      row("u4", "Dara", "surplus"),
      row("u5", "Eli", "", " "),
      row("u6", "Fay"),
    ]);
    const spreadsheet = await readWith({
      "users.csv": csvOf([[...header, "", ""], row("u3", "Cleo"), row("u4", "Dara", "", "")]).trimEnd(),
    });
    expect(spreadsheet.records.users?.map(({ issues }) => issues)).toEqual([undefined, undefined]);
    const result = await readWith({ "users.csv": content });
    expect(result.records.users).toMatchObject([
      {
        fields: { sourcedId: "u3", givenName: "Cleo" },
        issues: [{ code: "row-too-short", externalId: "u3", place: { part: "users.csv", position: 2 } }],
      },
      { fields: { sourcedId: "u6" } },
    ]);
    const left = { code: "row-too-long", collection: "users", kept: expect.stringContaining("left out") };
    expect(result.rejected).toMatchObject([
      { externalId: "u4", place: { part: "users.csv", position: 3 }, issue: left },
      { externalId: "u5", place: { part: "users.csv", position: 4 }, issue: left },
    ]);
  });

  it("with separators at the end are read where all have them, with the header or without", async () => {
    const people = Array.from({ length: 6 }, (_, index) => row(`u${index}`, "Cleo", "", ""));
    for (const names of [header, [...header, "", ""], [...header, ""]]) {
      const result = await readWith({
        "users.csv": csvOf([names, ...people, row("u7", "Ada, Jr", "", "").map((cell) => cell)]).replace('"Ada, Jr"', "Ada, Jr"),
      });
      expect(result.records.users).toHaveLength(6);
      expect(result.rejected).toMatchObject([{ externalId: "u7", issue: { code: "row-too-long" } }]);
    }
    const vendor = await readWith({ "users.csv": csvOf([header, ...people.map((cells) => cells.with(8, "x"))]) });
    expect(vendor.rejected).toEqual([]);
  });

  it("moved by a comma in a value are left out, also where the surplus falls into blank cells", async () => {
    const names = [
      "sourcedId",
      "status",
      "orgSourcedIds",
      "role",
      "username",
      "givenName",
      "familyName",
      "identifier",
      "email",
      "sms",
      "grades",
    ];
    const person = (id: string, given = "Ada", more = "") => `${id},,s1,student,${id},${given},O'Brien,${id}7,${id}@x.example,,09${more}`;
    const users = [
      names.join(","),
      person("u1"),
      person("u2", "Ada, Jr"),
      person("u3").replace(",u37,", ",,"),
      person("u4", "Ada, Jr").replace("u47", ""),
    ];
    // As a spreadsheet would have it, with room to the right, and trimmed so that nothing sticks out.
    const trimmed = await readWith({ "users.csv": `${users.map((line) => line.replace(/,,09$/, "")).join("\n")}\n` });
    expect(trimmed.rejected.map(({ externalId, issue }) => [externalId, issue.code])).toEqual([
      ["u2", "row-shifted"],
      ["u4", "row-shifted"],
    ]);
    const roomy = await readWith({
      "users.csv": `${users
        .map((line) => line.replace(/,09$/, ","))
        .map((line, index) => (index === 0 ? `${line},` : line))
        .join("\n")}\n`,
    });
    expect(roomy.rejected.map(({ externalId }) => externalId)).toEqual(["u2", "u4"]);
    // An address that is the user name as well is none that has moved.
    const named = ["sourcedId", "orgSourcedIds", "role", "givenName", "familyName", "email", "username"];
    const byAddress = ["u1", "u2", "u3"].map((id) => [
      id,
      "s1",
      "student",
      "Ada",
      "East",
      id === "u2" ? "" : `${id}@x.example`,
      `${id}@x.example`,
    ]);
    expect((await readWith({ "users.csv": csvOf([named, ...byAddress]) })).rejected).toEqual([]);
  });

  it("that repeat the header are passed over with a notice", async () => {
    const content = csvOf([header, row("u3", "Cleo"), header.map((name) => name.toUpperCase()), row("u4", "Dara")]);
    const result = await readWith({ "users.csv": `${content.slice(0, 130)}${content.slice(130)}` });
    expect(result.records.users).toHaveLength(2);
    expect(result.rejected).toMatchObject([{ place: { position: 3 }, issue: { code: "header-repeated" } }]);
  });

  describe("with a quotation mark too many", () => {
    const people = ["u1", "u2", "u3", "u4", "u5", "u6"];
    const lines = (change: (id: string) => string) => `${[header.join(","), ...people.map(change)].join("\n")}\n`;
    const plain = (id: string, given = "Kai", orgs = "s1") => `${id},,${orgs},student,${id},${given},Okafor,09`;
    const leftOut = (result: Awaited<ReturnType<typeof readWith>>) =>
      result.rejected.map(({ externalId, place, issue }) => [externalId, place.position, issue.code]);

    it("take the rows that it swallows with them, by name, as far as the next mark reaches", async () => {
      const result = await readWith({
        "users.csv": lines((id) => plain(id, id === "u2" ? '"Kai' : "Kai", id === "u4" ? '"s1,s2"' : "s1")),
      });
      expect(leftOut(result)).toEqual([
        ["u2", 3, "row-quoting"],
        ["u3", 4, "row-quoting"],
        ["u4", 5, "row-quoting"],
      ]);
      expect(result.records.users?.map(({ fields }) => fields.sourcedId)).toEqual(["u1", "u5", "u6"]);
    });

    it("are known although two wrong marks make a right one", async () => {
      const result = await readWith({ "users.csv": lines((id) => plain(id, id === "u2" ? '"Kai' : id === "u4" ? 'Kai"' : "Kai")) });
      expect(leftOut(result).map(([id]) => id)).toEqual(["u2", "u3", "u4"]);
    });

    it("are left out alone where nothing was swallowed", async () => {
      const given = (id: string) => ({ u2: 'Kai "Ace"', u3: '"Kai" Jr', u4: '"Kai "Ace" Lee"' })[id] ?? "Kai";
      const result = await readWith({ "users.csv": lines((id) => plain(id, given(id))) });
      expect(leftOut(result).map(([id]) => id)).toEqual(["u2", "u3", "u4"]);
    });

    it("name their lines also where the id is not the first column, and where each value is quoted", async () => {
      const turned = (id: string) =>
        [plain(id, id === "u2" ? '"Kai' : "Kai", id === "u3" ? '"s1,s2"' : "s1")].map((line) =>
          line.replace(/^([^,]*),(.*)$/, "x,$1,$2"),
        )[0] ?? "";
      const moved = await readWith({ "users.csv": lines(turned).replace(/^/, "ext,") });
      expect(leftOut(moved).map(([id]) => id)).toEqual(["u2", "u3"]);
      const quoted = lines((id) => plain(id))
        .replace(/[^,\n]+/g, '"$&"')
        .replace('"u3","s1"', '"u3,"s1"')
        .replace('"u3",,"s1"', '"u3,,"s1"');
      expect(leftOut(await readWith({ "users.csv": quoted })).map(([id]) => id)).toEqual(["u3"]);
    });

    it("values over several lines stay what they are", async () => {
      const result = await readWith({ "users.csv": lines((id) => plain(id, '"Kai\nLee, the\nsecond"')) });
      expect(result.rejected).toEqual([]);
      expect(result.records.users).toHaveLength(6);
    });
  });

  it.each(["users.csv", "classes.csv", "orgs.csv"])("a bulk %s with a header only fails the run", async (name) => {
    const only = validSet()[name]?.toString().split("\r\n")[0] ?? "";
    for (const content of [only, `${only}\r\n`, `${only}\r\n,,,\r\n`]) {
      await expect(readWith({ [name]: content })).rejects.toMatchObject({ code: "file-no-rows", message: expect.stringContaining(name) });
    }
  });

  it.each([
    ["a manifest of the template", {}],
    ["a manifest without values", { "manifest.csv": "propertyName,value\r\n" }],
    [
      "a manifest with blank values",
      { "manifest.csv": manifestOf(Object.fromEntries(Object.keys(validSet()).map((name) => [`file.${name.replace(".csv", "")}`, ""]))) },
    ],
    [
      "a manifest that calls all absent",
      {
        "manifest.csv": manifestOf(
          Object.fromEntries(
            ["orgs", "academicSessions", "courses", "classes", "users", "enrollments"].map((name) => [`file.${name}`, "absent"]),
          ),
        ),
      },
    ],
    ["no manifest", { "manifest.csv": null }],
  ])("a blank template with %s is empty, whatever else is wrong", async (_, manifest) => {
    const headers = Object.fromEntries(
      Object.entries(validSet()).flatMap(([name, content]) =>
        name === "manifest.csv" ? [] : [[name, `${content.toString().split("\r\n")[0]}\r\n`]],
      ),
    );
    await expect(readWith({ ...headers, ...manifest })).rejects.toMatchObject({
      code: "file-no-rows",
      message: expect.stringContaining("The set is empty: orgs.csv"),
    });
    await bench.put(validSet({ ...headers, ...manifest }));
    const failed = (await bench.check()).find(({ state }) => state === "failed");
    expect(failed?.cause).toContain("The set is empty");
  });

  it("a delta with a header only is an empty delta", async () => {
    const only = users().split("\r\n")[0] ?? "";
    expect((await readWith({ "manifest.csv": manifestOf({ "file.users": "delta" }), "users.csv": only })).records.users).toBeUndefined();
  });

  it.each([
    ["", "no bytes"],
    ["\r\n \r\n", "blank lines"],
    ["\ufeff", "blank lines"],
  ])("a file of %j is empty", async (content, words) => {
    await expect(readWith({ "users.csv": content })).rejects.toMatchObject({ code: "file-empty", message: expect.stringContaining(words) });
  });

  it("a file that is cut off in a row, a quote or a character fails the run and names the line", async () => {
    const whole = csvOf([header, row("u3", "Cleo"), row("u4", "Dara, the second")]);
    await expect(readWith({ "users.csv": whole.slice(0, whole.indexOf("East", 120)) })).rejects.toMatchObject({
      code: "file-truncated",
      message: expect.stringContaining("users.csv ends in the middle of line 3"),
    });
    await expect(readWith({ "users.csv": whole.slice(0, whole.indexOf("the second")) })).rejects.toMatchObject({
      code: "file-truncated",
      message: expect.stringContaining("line 3"),
    });
    const accented = Buffer.from(csvOf([header, row("u3", "Cleo").with(7, "ë")]).trimEnd());
    await expect(readWith({ "users.csv": accented.subarray(0, -1) })).rejects.toMatchObject({ code: "file-truncated" });
    // Only the last line end is missing.
    expect((await readWith({ "users.csv": whole.trimEnd() })).records.users).toHaveLength(2);
  });

  it("a quotation mark that is never closed is named by its line", async () => {
    const rows = Array.from({ length: 40_000 }, (_, index) => row(`x${index}`, "Cleo").join(",")).join("\n");
    await expect(readWith({ "users.csv": `${header.join(",")}\nu1,,s1,student,a,"Cleo,East,09\n${rows}\n` })).rejects.toMatchObject({
      code: "file-malformed",
      message: expect.stringContaining("line 2 of users.csv"),
    });
  });
});

describe("manifest", () => {
  it.each([
    ["promises what is not there", { "manifest.csv": manifestOf({ "file.demographics": "bulk" }) }, "file-missing", "demographics.csv"],
    ["calls absent what is there", { "manifest.csv": manifestOf({ "file.courses": "absent" }) }, "manifest-invalid", "courses.csv"],
    ["has a mode of its own", { "manifest.csv": manifestOf({ "file.users": "full" }) }, "manifest-invalid", '"full"'],
    ["has no such columns", { "manifest.csv": "a,b\nc,d\n" }, "manifest-invalid", "propertyName"],
    ["is of a later kind", { "manifest.csv": manifestOf({ "manifest.version": "2.0" }) }, "manifest-invalid", "2.0"],
    [
      "delivers nothing",
      {
        "manifest.csv": manifestOf({
          "file.orgs": "absent",
          "file.users": "absent",
          "file.courses": "absent",
          "file.classes": "absent",
          "file.enrollments": "absent",
          "file.academicSessions": "absent",
          "file.demographics": "bulk",
        }),
        "users.csv": null,
        "courses.csv": null,
        "classes.csv": null,
        "enrollments.csv": null,
        "academicSessions.csv": null,
        "orgs.csv": null,
        "demographics.csv": "sourcedId\nu1\n",
      },
      "manifest-invalid",
      "every roster file is absent",
    ],
    [
      "is missing, and so is a file",
      { "manifest.csv": null, "users.csv": null, "orgs.csv": null },
      "file-missing",
      "orgs.csv, users.csv are missing",
    ],
  ])("that %s fails the run", async (_, overrides, code, words) => {
    await expect(readWith(overrides)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
      remedy: expect.stringMatching(/./),
    });
  });

  it("that promises what is there as a folder or as an upload that has not ended says so", async () => {
    await expect(readWith({ "users.csv": null, "users.csv.part": "x" })).rejects.toMatchObject({
      code: "file-missing",
      message: expect.stringContaining("users.csv.part is there, an upload that has not ended"),
    });
    await expect(readWith({ "manifest.csv": null, "orgs.csv": null, "orgs.csv/x.txt": "x" })).rejects.toMatchObject({
      code: "file-missing",
      message: expect.stringContaining("orgs.csv is there as a folder"),
    });
  });

  it("beside two files whose names differ only in case fails the run", async () => {
    await expect(readWith({ "Users.CSV": users() })).rejects.toMatchObject({
      code: "file-unexpected",
      message: expect.stringMatching(/users\.csv and Users\.CSV|Users\.CSV and users\.csv/),
    });
  });

  it("names files that are no roster, which are not read", async () => {
    const result = await readWith({
      "manifest.csv": manifestOf({ "file.results": "bulk" }),
      "results.csv": "sourcedId\n1\n",
      "notes.txt": "x",
      "users.csv.filepart": "x",
      ".ready": "",
    });
    expect(result.notes.join("\n")).toMatch(/results\.csv/);
    expect(result.notes.join("\n")).toMatch(/notes\.txt/);
    expect(result.notes.join("\n")).toMatch(/unfinished uploads: users\.csv\.filepart/);
    expect(result.notes.join("\n")).not.toMatch(/\.ready/);
  });
});

describe("other versions", () => {
  it("1.0 is refused with the names that tell it", async () => {
    const earlier = {
      "manifest.csv": null,
      "classes.csv": "sourcedId,title,grade,courseSourcedId,classType,schoolSourcedId,termSourcedId\nc1,A,9,co1,scheduled,s1,t1\n",
      "users.csv": "sourcedId,orgSourcedIds,role,username,userId,givenName,familyName,agents\nu1,s1,student,a,1,A,B,\n",
    };
    await expect(readWith(earlier)).rejects.toMatchObject({
      code: "version-unsupported",
      message: expect.stringMatching(
        /OneRoster 1\.0.*grade \(classes\.csv\).*termSourcedId \(classes\.csv\).*userId \(users\.csv\).*agents \(users\.csv\)/,
      ),
    });
  });
});
