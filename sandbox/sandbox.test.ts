import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Client from "ssh2-sftp-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LiveDistrict, openDistrict } from "./district/live.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";
import { basic, get, post, signed } from "./testing.ts";

/** A roster without ids: what a person, a class, a school is, by what it says. */
type Roster = Readonly<Record<"schools" | "terms" | "courses" | "classes" | "people" | "enrollments", readonly string[]>>;

const home = mkdtempSync(join(tmpdir(), "aivo-sandbox-all-"));
let district: LiveDistrict;
let sandbox: Sandbox;

beforeAll(async () => {
  district = openDistrict({ users: 400, daysPerYear: 20 });
  sandbox = await startSandbox({ district, directory: home });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(home, { recursive: true, force: true });
});

type Row = Readonly<Record<string, string>>;
type Tables = Readonly<Record<"orgs" | "academicSessions" | "courses" | "classes" | "users" | "enrollments", readonly Row[]>>;

/** OneRoster's tables, by CSV's column names, with every reference replaced by what it names. */
function resolved(tables: Tables): Roster {
  const byId = (rows: readonly Row[], name: (row: Row) => string) => new Map(rows.map((row) => [row.sourcedId ?? "", name(row)]));
  const orgs = byId(tables.orgs, (row) => row.identifier ?? "");
  const terms = byId(tables.academicSessions, (row) => row.title ?? "");
  const courses = byId(tables.courses, (row) => row.courseCode ?? "");
  const users = byId(tables.users, (row) => row.username ?? "");
  const classes = byId(
    tables.classes,
    (row) => `${orgs.get(row.schoolSourcedId ?? "")} ${row.classCode} ${terms.get(row.termSourcedIds ?? "")}`,
  );
  const lines = (rows: readonly Row[], cells: (row: Row) => readonly (string | undefined)[]) =>
    rows.map((row) => cells(row).join("|")).sort();
  const people = tables.users.filter((row) => row.role === "student" || row.role === "teacher");
  return {
    schools: lines(
      tables.orgs.filter((row) => row.type === "school"),
      (row) => [row.name, row.identifier],
    ),
    terms: lines(tables.academicSessions, (row) => [row.title, row.startDate, row.endDate]),
    courses: lines(tables.courses, (row) => [row.title, row.courseCode]),
    classes: lines(tables.classes, (row) => [
      classes.get(row.sourcedId ?? ""),
      row.title,
      row.grades,
      row.subjects,
      row.periods,
      courses.get(row.courseSourcedId ?? ""),
    ]),
    people: lines(people, (row) => [
      row.role,
      row.givenName,
      row.familyName,
      row.email,
      row.username,
      row.identifier,
      row.grades,
      (row.orgSourcedIds ?? "")
        .split(",")
        .map((org) => orgs.get(org))
        .join(","),
    ]),
    enrollments: lines(tables.enrollments, (row) => [
      classes.get(row.classSourcedId ?? ""),
      users.get(row.userSourcedId ?? ""),
      row.role,
      row.role === "teacher" ? row.primary : "",
    ]),
  };
}

async function byCsv(): Promise<Roster> {
  const client = new Client();
  const { username, password, directory } = sandbox.csv.credentials;
  await client.connect({ host: "127.0.0.1", port: sandbox.csv.port, username, password });
  const file = async (name: string): Promise<Row[]> => {
    const text = String(await client.get(`${directory}/${name}.csv`));
    const cells = (line: string) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((cell) => cell[1]?.replaceAll('""', '"') ?? cell[2] ?? "");
    const [header = [], ...rows] = text.trimEnd().split("\r\n").map(cells);
    return rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at] ?? ""])));
  };
  const tables: Tables = {
    orgs: await file("orgs"),
    academicSessions: await file("academicSessions"),
    courses: await file("courses"),
    classes: await file("classes"),
    users: sandbox.versions.on(district.day) === "1.2" ? withRoles(await file("users"), await file("roles")) : await file("users"),
    enrollments: await file("enrollments"),
  };
  await client.end();
  return resolved(tables);
}

/** 1.2's users with 1.1's columns: here everybody has one kind of role. */
function withRoles(users: readonly Row[], roles: readonly Row[]): Row[] {
  const byUser = new Map<string, Row[]>();
  for (const role of roles) byUser.set(role.userSourcedId ?? "", [...(byUser.get(role.userSourcedId ?? "") ?? []), role]);
  return users.map((user) => {
    const own = byUser.get(user.sourcedId ?? "") ?? [];
    return { ...user, role: own[0]?.role ?? "", orgSourcedIds: own.map((role) => role.orgSourcedId).join(",") };
  });
}

/** REST's records as CSV's rows. */
async function byRest(read: (path: string) => Promise<{ body: Readonly<Record<string, Record<string, unknown>[]>> }>): Promise<Roster> {
  const text = (value: unknown): string =>
    Array.isArray(value)
      ? value.map(text).join(",")
      : typeof value === "object" && value !== null
        ? String((value as { sourcedId?: string }).sourcedId ?? "")
        : String(value);
  const references: Readonly<Record<string, string>> = {
    course: "courseSourcedId",
    school: "schoolSourcedId",
    terms: "termSourcedIds",
    orgs: "orgSourcedIds",
    user: "userSourcedId",
    class: "classSourcedId",
  };
  const table = async (name: keyof Tables): Promise<Row[]> => {
    const rows: Row[] = [];
    for (let offset = 0; ; offset += 1000) {
      const records = (await read(`${name}?limit=1000&offset=${offset}&sort=sourcedId&orderBy=asc`)).body[name] ?? [];
      for (const record of records) {
        if (record.status === "active")
          rows.push(Object.fromEntries(Object.entries(as11(record)).map(([key, value]) => [references[key] ?? key, text(value)])));
      }
      if (records.length < 1000) return rows;
    }
  };
  function as11({ roles, ...record }: Record<string, unknown>): Record<string, unknown> {
    if (!Array.isArray(roles)) return record;
    return { ...record, role: roles[0].role, orgs: roles.map((role) => role.org) };
  }
  return resolved({
    orgs: await table("orgs"),
    academicSessions: await table("academicSessions"),
    courses: await table("courses"),
    classes: await table("classes"),
    users: await table("users"),
    enrollments: await table("enrollments"),
  });
}

async function byOneRoster(): Promise<Roster> {
  const { clientId, clientSecret } = sandbox.oneRoster.credentials;
  const is12 = sandbox.versions.on(district.day) === "1.2";
  const scope = `https://purl.imsglobal.org/spec/or/${is12 ? "v1p2" : "v1p1"}/scope/roster-core.readonly`;
  const root = is12 ? "/ims/oneroster/rostering/v1p2" : "/ims/oneroster/v1p1";
  const token = await post(
    sandbox.oneRoster.tokenUrl,
    { grant_type: "client_credentials", scope },
    { authorization: basic(clientId, clientSecret) },
  );
  return byRest((path) => get(`${sandbox.oneRoster.url}${root}/${path}`, { authorization: `Bearer ${token.body.access_token}` }));
}

async function byClassLink(way: "proxy" | "direct"): Promise<Roster> {
  const { proxy, direct } = sandbox.classLink;
  return byRest((path) => {
    const base = way === "proxy" ? `${proxy.url}/${proxy.credentials.applicationId}` : direct.url;
    const url = `${base}/ims/oneroster/v1p1/${path}`;
    const { clientId, clientSecret } = direct.credentials;
    return get(url, {
      authorization: way === "proxy" ? `Bearer ${proxy.credentials.bearer}` : signed(url, { key: clientId, secret: clientSecret }),
    });
  });
}

interface CleverUser {
  readonly id: string;
  readonly email: string;
  readonly name: { readonly first: string; readonly last: string };
  readonly roles: Readonly<
    Record<string, { schools?: string[]; grade?: string; student_number?: string; credentials?: { district_username: string } }>
  >;
}

/** Clever's objects as CSV's rows. */
async function byClever(): Promise<Roster> {
  const list = async (kind: string): Promise<Record<string, unknown>[]> => {
    const items: Record<string, unknown>[] = [];
    for (let next: string | undefined = `/v3.0/${kind}?limit=300`; next !== undefined; ) {
      const { body } = await get(`${sandbox.clever.apiUrl}${next}`, {
        authorization: `Bearer ${sandbox.clever.authorization.districtToken}`,
      });
      items.push(...body.data.map((item: { data: Record<string, unknown> }) => item.data));
      next = body.links.find((link: { rel: string }) => link.rel === "next")?.uri;
    }
    return items;
  };
  const code = (grade: unknown) => (grade === "Kindergarten" ? "KG" : String(grade).padStart(2, "0"));
  const sections = await list("sections");
  const row = (from: Record<string, unknown>, names: Readonly<Record<string, string>>): Row =>
    Object.fromEntries(Object.entries({ id: "sourcedId", ...names }).map(([key, name]) => [name, String(from[key])]));
  return resolved({
    orgs: (await list("schools")).map((one) => ({ ...row(one, { name: "name", school_number: "identifier" }), type: "school" })),
    academicSessions: (await list("terms")).map((one) => row(one, { name: "title", start_date: "startDate", end_date: "endDate" })),
    courses: (await list("courses")).map((one) => row(one, { name: "title", number: "courseCode" })),
    classes: sections.map((one) => ({
      ...row(one, {
        name: "title",
        section_number: "classCode",
        school: "schoolSourcedId",
        term_id: "termSourcedIds",
        course: "courseSourcedId",
        subject: "subjects",
        period: "periods",
      }),
      grades: code(one.grade),
    })),
    users: ((await list("users")) as unknown as CleverUser[]).map((user) => {
      const { student, teacher } = user.roles;
      const role = student ?? teacher;
      return {
        sourcedId: user.id,
        role: student ? "student" : teacher ? "teacher" : "other",
        givenName: user.name.first,
        familyName: user.name.last,
        email: user.email,
        username: role?.credentials?.district_username ?? "",
        identifier: student?.student_number ?? "",
        grades: student ? code(student.grade) : "",
        orgSourcedIds: (role?.schools ?? []).join(","),
      };
    }),
    enrollments: sections.flatMap((one) => {
      const seat = (user: string, role: string, primary: string): Row => ({
        classSourcedId: String(one.id),
        userSourcedId: user,
        role,
        primary,
      });
      const teachers = (one.teachers as string[]).map((user) => seat(user, "teacher", String(user === one.teacher)));
      return [...teachers, ...(one.students as string[]).map((user) => seat(user, "student", ""))];
    }),
  });
}

test("every protocol shows the same district on the same day", async () => {
  for (const days of [0, 3, 16, 5]) {
    if (days > 0) district.advance(days);
    const roster = await byCsv();
    expect(roster.people.length).toBeGreaterThan(380);
    expect(roster.enrollments.length).toBeGreaterThan(2_500);
    expect(await byOneRoster()).toEqual(roster);
    expect(await byClassLink("proxy")).toEqual(roster);
    expect(await byClassLink("direct")).toEqual(roster);
    expect(await byClever()).toEqual(roster);
  }
});

test("OneRoster 1.2 shows the same district as 1.1, over SFTP and REST, and the control page changes the version", async () => {
  const roster = await byCsv();
  const move = (version: string) => post(`${sandbox.control.url}/action`, { name: `oneroster-${version}` });
  expect((await move("1.2")).status).toBe(303);
  expect((await get(`${sandbox.control.url}/api/state`)).body.oneRosterVersion).toBe("1.2");
  expect((await get(`${sandbox.oneRoster.url}/ims/oneroster/v1p1/orgs`)).status).toBe(404);
  expect(await byCsv()).toEqual(roster);
  expect(await byOneRoster()).toEqual(roster);
  await move("1.1");
  expect(await byOneRoster()).toEqual(roster);
});

test("the control page moves the clock, breaks and mends, and tells what was asked", async () => {
  const { url } = sandbox.control;
  const before = district.day;
  const form = await post(`${url}/advance`, { days: "2" });
  expect([form.status, form.headers.get("location"), district.day]).toEqual([303, "/", before + 2]);
  const api = (path: string, body: unknown) =>
    fetch(`${url}/api/${path}`, { method: "POST", body: JSON.stringify(body) }).then(async (got) => ({
      status: got.status,
      body: await got.json(),
    }));
  expect((await api("advance", { days: 1 })).body.day).toBe(before + 3);
  expect((await api("break", { kind: "status-500", server: "clever", endpoint: "users" })).body.faults).toHaveLength(1);
  const users = () => get(`${sandbox.clever.apiUrl}/v3.0/users`, { authorization: `Bearer ${sandbox.clever.authorization.districtToken}` });
  expect((await users()).status).toBe(500);
  const shown = (await get(url)).body;
  expect(shown).toContain(`School day ${district.day}`);
  expect(shown).toContain("clever, users");
  expect((await get(`${url}/api/requests?server=clever`)).body.requests.at(-1)).toMatchObject({
    path: "/v3.0/users",
    status: 500,
    faults: ["status-500"],
  });
  await api("mend", {});
  expect((await users()).status).toBe(200);
  await api("action", { name: "clever-withdraw" });
  expect((await users()).status).toBe(401);
  await api("action", { name: "clever-authorize" });
  for (const [path, body] of [
    ["advance", { days: 0 }],
    ["break", { kind: "flood" }],
    ["break", { kind: "slow", server: "x" }],
    ["action", { name: "toString" }],
  ] as const) {
    expect((await api(path, body)).status).toBe(400);
  }
});

test("the control page is for this machine and no other site", async () => {
  const { url } = sandbox.control;
  const day = district.day;
  expect((await post(`${url}/advance`, { days: "1" }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect(district.day).toBe(day);
});

test("CSV can end in the middle of a file, hold half a roster, or lack a file", async () => {
  const client = new Client();
  const { username, password } = sandbox.csv.credentials;
  const size = async (file: string): Promise<number> => {
    await client.connect({ host: "127.0.0.1", port: sandbox.csv.port, username, password });
    try {
      return (await client.stat(`/oneroster/${file}.csv`)).size;
    } finally {
      await client.end();
    }
  };
  const [users, enrollments] = [await size("users"), await size("enrollments")];
  sandbox.faults.break({ kind: "half-file", endpoint: "users" });
  expect(await size("users")).toBe(Math.floor(users / 2));
  expect(await size("enrollments")).toBe(enrollments);
  sandbox.faults.mend();
  sandbox.faults.break({ kind: "half-roster", server: "oneroster-csv" });
  expect(await size("enrollments")).toBeLessThan(enrollments * 0.8);
  sandbox.faults.mend();
  sandbox.faults.break({ kind: "not-shared", server: "oneroster-csv", endpoint: "classes" });
  await expect(size("classes")).rejects.toThrow(/no such file/i);
  sandbox.faults.mend();
  expect(await size("users")).toBe(users);
});
