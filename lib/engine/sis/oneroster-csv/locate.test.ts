import { describe, expect, it } from "vitest";
import { dayFolders, locateSet, nothingFound } from "./locate.ts";
import type { RemoteEntry } from "./session.ts";

const entry = (name: string, day = "2026-08-01", kind: RemoteEntry["kind"] = "file"): RemoteEntry => ({
  name,
  kind,
  size: 10,
  modified: new Date(`${day}T02:00:00Z`),
});
const required = ["orgs", "academicSessions", "classes", "users", "enrollments"];
const set = (name: (file: string) => string, day?: string) => required.map((file) => entry(name(file), day));
const read = (entries: RemoteEntry[]) => {
  const located = locateSet(entries);
  if (located.kind === "none") return { kind: located.kind, names: [], notes: "" };
  return {
    kind: located.kind,
    names: (located.kind === "files" ? located.files.map((file) => file.entry.name) : located.archives.map(({ name }) => name)).sort(),
    notes: located.notes.join(" "),
  };
};

describe("which set in a directory is read", () => {
  it("loose files, whatever their case, beside markers, hidden files and unfinished uploads", () => {
    const result = read([
      ...set((file) => `${file.toUpperCase()}.CSV`),
      entry("manifest.csv"),
      entry("done"),
      entry(".ready"),
      entry("users.csv.part"),
      entry("orgs.csv.filepart"),
      entry(".users.csv.swp"),
      entry("x.tmp"),
    ]);
    expect(result).toMatchObject({ kind: "files", names: expect.arrayContaining(["USERS.CSV", "manifest.csv"]) });
    expect(result.names).toHaveLength(6);
    expect(result.notes).toContain("users.csv.part, orgs.csv.filepart, x.tmp");
    expect(result.notes).toContain("Not OneRoster files, not read: done.");
  });

  it("the newest complete day of dated names, in any usual spelling", () => {
    for (const name of [
      (day: string) => (file: string) => `${file}_${day}.csv`,
      (day: string) => (file: string) => `${day}-${file}.csv`,
      (day: string) => (file: string) => `${file}-${day.replaceAll("-", "")}T0200.csv`,
    ]) {
      const result = read([...set(name("2026-07-31")), ...set(name("2026-08-01")), ...set(name("2026-08-02")).slice(0, 3)]);
      expect(result.kind).toBe("files");
      expect(result.names.every((found) => found.replaceAll("-", "").includes("20260801"))).toBe(true);
      expect(result.notes).toContain("The set of 2026-08-02 is not complete; the one of 2026-08-01 was read.");
    }
  });

  it("dated files with the manifest that stands undated beside them, which may call them a delta", () => {
    const result = read([...set((file) => `${file}_2026-08-01.csv`), ...set((file) => `${file}_2026-07-31.csv`), entry("manifest.csv")]);
    expect(result.names).toContain("manifest.csv");
    expect(result.names).toContain("users_2026-08-01.csv");
    expect(result.names).toHaveLength(6);
  });

  it("the last export of a day with several", () => {
    const result = read([...set((file) => `${file}_20260801_0200.csv`), entry("users_20260801_0900.csv")]);
    expect(result.names).toContain("users_20260801_0900.csv");
    expect(result.names).toHaveLength(5);
  });

  it("the newest archive, by the date in its name before the time of its upload", () => {
    expect(read([entry("roster_2026-08-01.zip", "2026-08-09"), entry("roster_2026-08-02.zip", "2026-08-02")])).toMatchObject({
      kind: "archives",
      notes: expect.stringContaining("2 archives"),
    });
    expect(locateSet([entry("roster_2026-08-01.zip", "2026-08-09"), entry("roster_2026-08-02.zip", "2026-08-02")])).toMatchObject({
      archives: [{ name: "roster_2026-08-02.zip" }, {}],
    });
    expect(locateSet([entry("a.zip", "2026-08-01"), entry("b.ZIP", "2026-08-03")])).toMatchObject({ archives: [{ name: "b.ZIP" }, {}] });
  });

  it("of loose files and an archive the newer, and says so", () => {
    expect(read([...set((file) => `${file}.csv`, "2026-08-01"), entry("roster.zip", "2026-08-02")])).toMatchObject({
      kind: "archives",
      notes: expect.stringContaining("the archive is newer"),
    });
    expect(read([...set((file) => `${file}.csv`, "2026-08-03"), entry("roster.zip", "2026-08-02")])).toMatchObject({
      kind: "files",
      notes: expect.stringContaining("the loose files are newer"),
    });
    expect(read([entry("users.csv", "2026-08-03"), entry("roster.zip", "2026-08-02")])).toMatchObject({
      kind: "archives",
      notes: expect.stringContaining("no complete set"),
    });
  });

  it("an incomplete set is still found, so that what it lacks can be named", () => {
    expect(locateSet([entry("users.csv")])).toMatchObject({ kind: "files", isComplete: false });
    expect(locateSet([entry("manifest.csv"), entry("users.csv")])).toMatchObject({ kind: "files", isComplete: true });
  });

  it("none, and says what is there and what is expected", () => {
    const entries = [entry("grades.xlsx"), entry("old", undefined, "folder"), entry(".hidden")];
    expect(locateSet(entries)).toEqual({ kind: "none" });
    expect(nothingFound("/out", entries)).toMatchObject({
      code: "no-files",
      message: "There is no OneRoster set in /out. It holds: grades.xlsx, old/.",
      remedy: expect.stringContaining("users.csv"),
    });
    expect(nothingFound("/out", [])).toMatchObject({ message: "The directory /out is empty." });
  });

  it("says of what is there why it is not read", () => {
    const entries = [entry("users.csv.part"), entry("orgs.csv.filepart"), entry("classes.csv", undefined, "folder")];
    expect(nothingFound("/out", entries).message).toBe(
      "There is no OneRoster set in /out. It holds: users.csv.part, orgs.csv.filepart, classes.csv/. users.csv.part, orgs.csv.filepart are uploads that have not ended. classes.csv is a folder, not a file.",
    );
  });

  it("refuses two files whose names differ only in case, unless they are of a day that is not read", () => {
    const twins = [...set((file) => `${file}.csv`), entry("Users.CSV", "2026-08-02")];
    expect(() => locateSet(twins)).toThrow(
      expect.objectContaining({ code: "file-unexpected", message: expect.stringContaining("users.csv and Users.CSV are both there") }),
    );
    const older = [entry("users_2026-07-31.csv"), entry("Users_2026-07-31.csv"), ...set((file) => `${file}_2026-08-01.csv`)];
    expect(read(older).names).toContain("users_2026-08-01.csv");
  });

  it("looks into subfolders, the newest day first", () => {
    const folders = [
      entry("2026-08-01", "2026-08-09", "folder"),
      entry("20260802", "2026-08-01", "folder"),
      entry(".git", undefined, "folder"),
      entry("users.csv"),
    ];
    expect(dayFolders(folders).map(({ name }) => name)).toEqual(["20260802", "2026-08-01"]);
  });
});
