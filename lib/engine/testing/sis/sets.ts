/** Test-only: small OneRoster 1.1 CSV sets, as files or as one zip. */
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import yazl from "yazl";

export type SetFiles = Readonly<Record<string, string | Buffer>>;

/** Replaces what is in the folder with these files, an hour old, as files are that nobody writes any more. Names may contain folders. */
export async function writeSet(directory: string, files: SetFiles, modified: Date = new Date(Date.now() - 3_600_000)): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o755 });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true, mode: 0o755 });
    await writeFile(join(directory, name), content, { mode: 0o644 });
    await utimes(join(directory, name), modified, modified);
  }
}

/** The files as one zip archive. */
export async function zipOf(files: SetFiles): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** CSV text of a table, cells quoted where they must be. */
export function csvOf(rows: readonly (readonly string[])[], newline = "\r\n"): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join(",") + newline).join("");
}

/** One district: two schools, a term, a course, two classes, two teachers and three students, all of it valid. `null` leaves a file out. */
export function validSet(overrides: Readonly<Record<string, string | Buffer | null>> = {}): Record<string, string | Buffer> {
  const files: Record<string, string | Buffer> = {
    "manifest.csv": manifestOf({}),
    "orgs.csv": csvOf([
      ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"],
      ["d1", "", "", "Lakeside District", "district", "1000", ""],
      ["s1", "", "", "North School", "school", "1001", "d1"],
      ["s2", "", "", "South School", "school", "1002", "d1"],
    ]),
    "academicSessions.csv": csvOf([
      ["sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"],
      ["y27", "", "", "2026-2027", "schoolYear", "2026-08-15", "2027-06-10", "", "2027"],
      ["t1", "", "", "Fall", "term", "2026-08-15", "2026-12-20", "y27", "2027"],
    ]),
    "courses.csv": csvOf([
      [
        "sourcedId",
        "status",
        "dateLastModified",
        "schoolYearSourcedId",
        "title",
        "courseCode",
        "grades",
        "orgSourcedId",
        "subjects",
        "subjectCodes",
      ],
      ["co1", "", "", "y27", "Algebra I", "ALG1", "09", "d1", "Mathematics", "02052"],
    ]),
    "classes.csv": csvOf([
      [
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
      ],
      ["c1", "", "", "Algebra I - 1", "09", "co1", "ALG1-1", "scheduled", "101", "s1", "t1", "", "", "1"],
      ["c2", "", "", "Algebra I - 2", "09", "co1", "ALG1-2", "scheduled", "102", "s2", "t1,y27", "", "", "2"],
    ]),
    "users.csv": csvOf([
      [
        "sourcedId",
        "status",
        "dateLastModified",
        "enabledUser",
        "orgSourcedIds",
        "role",
        "username",
        "userIds",
        "givenName",
        "familyName",
        "middleName",
        "identifier",
        "email",
        "sms",
        "phone",
        "agentSourcedIds",
        "grades",
        "password",
      ],
      [
        "u1",
        "",
        "",
        "true",
        "s1",
        "teacher",
        "ada",
        "",
        "Ada",
        "North",
        "",
        "T1",
        "ada@lakeside.example",
        "",
        "",
        "",
        "",
        "planted-password",
      ],
      ["u2", "", "", "true", "s1,s2", "teacher", "ben", "", "Ben", "South", "", "T2", "ben@lakeside.example", "", "", "", "", ""],
      ["u3", "", "", "true", "s1", "student", "cleo", "", "Cleo", "East", "", "1003", "cleo@lakeside.example", "", "", "", "09", ""],
      ["u4", "", "", "true", "s1", "student", "dara", "", "Dara", "West", "", "1004", "dara@lakeside.example", "", "", "", "09", ""],
      ["u5", "", "", "true", "s2", "student", "eli", "", "Eli", "Hill", "", "1005", "eli@lakeside.example", "", "", "", "09", ""],
    ]),
    "enrollments.csv": csvOf([
      [
        "sourcedId",
        "status",
        "dateLastModified",
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
      ],
      ["e1", "", "", "c1", "s1", "u1", "teacher", "true", "", ""],
      ["e2", "", "", "c2", "s2", "u2", "teacher", "true", "", ""],
      ["e3", "", "", "c1", "s1", "u3", "student", "", "2026-08-15", "2026-12-20"],
      ["e4", "", "", "c1", "s1", "u4", "student", "", "", ""],
      ["e5", "", "", "c2", "s2", "u5", "student", "", "", ""],
    ]),
  };
  for (const [name, content] of Object.entries(overrides)) {
    if (content === null) delete files[name];
    else files[name] = content;
  }
  return files;
}

/** A manifest of the six rostering files in bulk, with properties replaced, added, or left out by `null`. */
export function manifestOf(overrides: Readonly<Record<string, string | null>>): string {
  const bulk = ["academicSessions", "classes", "courses", "enrollments", "orgs", "users"];
  const absent = ["categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results"];
  const properties: Record<string, string | null> = {
    "manifest.version": "1.0",
    "oneroster.version": "1.1",
    ...Object.fromEntries(bulk.map((file) => [`file.${file}`, "bulk"])),
    ...Object.fromEntries(absent.map((file) => [`file.${file}`, "absent"])),
    "source.systemName": "Test",
    "source.systemCode": "test",
    ...overrides,
  };
  return csvOf([
    ["propertyName", "value"],
    ...Object.entries(properties).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  ]);
}
