import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Source } from "#lib/engine/sis/source.ts";
import { newIntegration, type RawRow, type SisState, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { decideMatch } from "#lib/services/runs/decide.ts";
import { IssueFilter } from "#lib/services/runs/filters-schema.ts";
import { getIssue, listIssues } from "#lib/services/runs/issues.ts";
import type { MatchDecision } from "#lib/services/runs/schema.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./sis/testing.ts";

/** Day 2 of a SIS: an account never becomes another person by itself, and real life goes on. */
const { services, variables, close } = await testServices();
afterAll(close);
const { db } = services;
let district = "";
let integration = "";
beforeEach(async () => {
  district = await newDistrict(db);
  integration = await newIntegration(db, district);
});

type People = Readonly<Record<string, RawRow>>;
const learner = (name: string, number: string, email = `${name.toLowerCase().replace(" ", ".")}@s.example`): RawRow => {
  const [givenName = "", familyName = ""] = name.split(" ");
  return { role: "student", givenName, familyName, email, identifier: number, orgSourcedIds: "s1" };
};
const teacher = (name: string, email?: string): RawRow => ({ ...learner(name, "", email), role: "teacher" });
const in1 = (id: string, userSourcedId: string): RawRow => ({ sourcedId: id, classSourcedId: "c1", userSourcedId, role: "student" });

const ann = learner("Ann Li", "100");
const kai = learner("Kai Okafor", "200");
const zoe = learner("Zoe Quist", "300");

const stateOf = (people: People, enrollments: readonly RawRow[] = []): SisState => ({
  rows: {
    orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
    academicSessions: [{ sourcedId: "t1", title: "Fall", type: "term", startDate: "2026-08-01", endDate: "2026-12-20" }],
    courses: [],
    classes: [
      { sourcedId: "c1", title: "A", schoolSourcedId: "s1", termSourcedIds: "t1" },
      { sourcedId: "c2", title: "B", schoolSourcedId: "s1", termSourcedIds: "t1" },
    ],
    users: Object.entries(people).map(([sourcedId, row]) => ({ sourcedId, ...row })),
    enrollments,
  },
});
const night = async (people: People, enrollments?: readonly RawRow[], source?: Source) => {
  const run = await syncOnce(db, district, integration, stateOf(people, enrollments), source ? { source } : {});
  expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
  return run;
};

/** Accounts by the name that stands in Aivo: id, status, the ids that lead to it, and the classes that it is in. */
async function roster() {
  const rows = await db.sql<{ name: string; id: string; status: string; email: string | null; ids: string[]; classes: number }[]>`
    select a.given_name || ' ' || a.family_name as name, a.id, a.status, a.email,
      array(select external_id from source_records l where l.district_id = a.district_id and l.record_id = a.id and l.rostered order by 1) as ids,
      (select count(*)::int from memberships m where m.district_id = a.district_id and m.account_id = a.id and m.status = 'active') as classes
    from accounts a where a.district_id = ${district}`;
  return Object.fromEntries(rows.map(({ name, ...row }) => [name, row]));
}

const issuesOf = async (runId: string) =>
  (await listIssues(services, operatorScope(district), runId, IssueFilter.parse({}))).rows.filter((issue) =>
    issue.code.startsWith("match-"),
  );
async function decide(runId: string, externalId: string, verdict: MatchDecision["verdict"]) {
  const issue = (await issuesOf(runId)).find((one) => one.externalId === externalId);
  await decideMatch(services, operatorScope(district), runId, issue?.seq ?? -1, { verdict, reason: "the office was asked" });
}

test("two learners exchange ids: both wait, with both persons shown, and keep account, link and classes", async () => {
  await night({ p1: ann, p2: kai }, [in1("e1", "p1")]);
  const before = await roster();
  const run = await night({ p1: kai, p2: ann }, [in1("e9", "p2")]);
  expect(await roster()).toEqual(before);
  const issues = await issuesOf(run.id);
  expect(issues.map(({ code, severity, externalId, records }) => [code, severity, externalId, records.map((one) => one.label)])).toEqual([
    ["match-takeover", "error", "p1", ["Ann Li"]],
    ["match-takeover", "error", "p2", ["Kai Okafor"]],
  ]);
  expect(issues[0]?.persons).toEqual([
    { field: "First name", before: "Ann", after: "Kai" },
    { field: "Last name", before: "Li", after: "Okafor" },
    { field: "Email", before: "ann.li@s.example", after: "kai.okafor@s.example" },
    { field: "Student number", before: "100", after: "200" },
  ]);
  expect((await night({ p1: kai, p2: ann }, [in1("e9", "p2")])).changeCount).toBe(0);
});

test("the id of a child who left is not the way into the account for a new child", async () => {
  await night({ p1: ann, p2: kai });
  await night({ p2: kai });
  const before = await roster();
  expect(before["Ann Li"]).toMatchObject({ status: "deactivated", ids: [] });
  const run = await night({ p1: zoe, p2: kai });
  expect(await roster()).toEqual(before);
  expect(await issuesOf(run.id)).toMatchObject([{ code: "match-takeover", externalId: "p1", records: [{ label: "Ann Li" }] }]);
});

test("an address of a leaver does not hand the account over to a newcomer", async () => {
  await night({ p1: ann, p2: kai });
  await night({ p2: kai });
  const before = await roster();
  const run = await night({ p2: kai, p9: learner("Zoe Quist", "300", ann.email) });
  expect(await roster()).toEqual(before);
  expect(await issuesOf(run.id)).toMatchObject([{ code: "match-takeover", externalId: "p9", field: "email", value: ann.email }]);
});

test("real life is not asked about", async () => {
  await night({
    p1: ann,
    p2: kai,
    p3: learner("Jose Muller", "", "jm@s.example"),
    p4: learner("William Ray", "400"),
    t1: teacher("Ada Smith", "asmith@s.example"),
  });
  const ids = Object.values(await roster()).map(({ id }) => id);
  const run = await night({
    p1: learner("LI ANN", "0100", "ann.li@new.example"),
    p2: learner("Kai Berg", "200"),
    p3: learner("José Müller", "500", "jm@s.example"),
    p4: learner("Bill Ray", "400"),
    t1: teacher("Ada Jones", "ada.jones@s.example"),
  });
  expect(await issuesOf(run.id)).toEqual([]);
  const after = await roster();
  expect(
    Object.values(after)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids.sort());
  expect(Object.keys(after).sort()).toEqual(["Ada Jones", "Bill Ray", "José Müller", "Kai Berg", "LI ANN"]);
});

test("addresses and numbers moved by one row change nobody", async () => {
  const names = ["Ann Li", "Kai Okafor", "Zoe Quist", "Bo Ray", "Mia Berg", "Lea Toth"];
  const rows = (shift: number) =>
    Object.fromEntries(
      names.map((name, i) => {
        const other = (i + shift) % names.length;
        return [`p${i}`, learner(name, String(100 + other), `${names[other]?.replace(" ", ".").toLowerCase()}@s.example`)];
      }),
    );
  await night(rows(0));
  const before = await roster();
  const run = await night(rows(1));
  expect(await roster()).toEqual(before);
  expect(await issuesOf(run.id)).toHaveLength(names.length);
});

describe("an admin decides", () => {
  test("it is the same person: the account takes the new values", async () => {
    await night({ p1: ann, p2: kai }, [in1("e1", "p1")]);
    const { id } = (await roster())["Ann Li"] ?? {};
    const now = { p1: learner("Noor Haddad", "777"), p2: kai };
    const run = await night(now, [in1("e1", "p1")]);
    await decide(run.id, "p1", "same-person");
    const followed = await night(now, [in1("e1", "p1")]);
    expect(await issuesOf(followed.id)).toEqual([]);
    expect((await roster())["Noor Haddad"]).toMatchObject({ id, ids: ["p1"], status: "active", classes: 1 });
  });

  test("it is somebody else: the id gets an account of its own, and the old one is withdrawn", async () => {
    await night({ p1: ann, p2: kai }, [in1("e1", "p1")]);
    const run = await night({ p1: zoe, p2: kai }, [in1("e1", "p1")]);
    await decide(run.id, "p1", "somebody-else");
    await night({ p1: zoe, p2: kai }, [in1("e1", "p1")]);
    const after = await roster();
    expect(after["Ann Li"]).toMatchObject({ status: "deactivated", ids: [], classes: 0 });
    expect(after["Zoe Quist"]).toMatchObject({ status: "active", ids: ["p1"], classes: 1 });
    expect((await night({ p1: zoe, p2: kai }, [in1("e1", "p1")])).changeCount).toBe(0);
  });

  test("of both who exchanged ids: each keeps the account, under the other id", async () => {
    await night({ p1: ann, p2: kai }, [in1("e1", "p1")]);
    const before = await roster();
    const now = [{ p1: kai, p2: ann }, [in1("e1", "p2")]] as const;
    const run = await night(...now);
    for (const id of ["p1", "p2"]) await decide(run.id, id, "somebody-else");
    await night(...now);
    const after = await roster();
    expect(after["Ann Li"]).toEqual({ ...before["Ann Li"], ids: ["p2"] });
    expect(after["Kai Okafor"]).toEqual({ ...before["Kai Okafor"], ids: ["p1"] });
  });

  test("about an address: never this account again, but one of their own", async () => {
    await night({ p1: ann, p2: kai });
    await night({ p2: kai });
    const now = { p2: kai, p9: learner("Zoe Quist", "300", ann.email) };
    await decide((await night(now)).id, "p9", "somebody-else");
    await night(now);
    const after = await roster();
    expect(after["Zoe Quist"]).toMatchObject({ ids: ["p9"], email: ann.email });
    expect(after["Ann Li"]).toMatchObject({ status: "deactivated", ids: [] });
  });

  test("it counts for exactly what was shown", async () => {
    await night({ p1: ann, p2: kai });
    await decide((await night({ p1: zoe, p2: kai })).id, "p1", "same-person");
    const other = await night({ p1: learner("Mia Berg", "900"), p2: kai });
    expect(await issuesOf(other.id)).toMatchObject([{ code: "match-takeover", externalId: "p1" }]);
  });

  test("reads of changes follow a decision, also about what was withheld", async () => {
    const modes: unknown[] = [];
    const reading = (people: People, enrollments: RawRow[], changes: SisState["rows"]): Source => {
      const full = sourceOf(stateOf(people, enrollments));
      return {
        ...full,
        extract: async (context, options) => {
          const source = options.cursor === null ? full : sourceOf({ rows: changes, mode: "delta" });
          modes.push(options.cursor === null ? "everything" : "changes");
          return { ...(await source.extract(context, options)), cursor: () => ({ at: "here" }) };
        },
      };
    };
    const none = { orgs: [], academicSessions: [], courses: [], classes: [], users: [], enrollments: [] };
    const sync = (people: People, enrollments: RawRow[], changes: SisState["rows"]) =>
      night(people, enrollments, reading(people, enrollments, changes));
    await sync({ p1: ann, p2: kai }, [in1("e1", "p1")], none);
    const now = [{ p1: zoe, p2: kai }, [in1("e2", "p1")]] as [People, RawRow[]];
    const gone = { sourcedId: "e1", status: "tobedeleted" };
    await sync(...now, { ...none, users: [{ sourcedId: "p1", ...zoe }], enrollments: [gone, in1("e2", "p1")] });
    expect((await roster())["Ann Li"]).toMatchObject({ status: "active", classes: 1 });
    const run = await sync(...now, none);
    expect(await issuesOf(run.id)).toMatchObject([{ code: "match-takeover", externalId: "p1" }]);
    await decide(run.id, "p1", "somebody-else");
    await sync(...now, none);
    expect((await roster())["Ann Li"]).toMatchObject({ status: "deactivated", classes: 0 });
    expect((await roster())["Zoe Quist"]).toMatchObject({ ids: ["p1"], classes: 1 });
    expect(modes).toEqual(["everything", "changes", "changes", "changes"]);
  });

  test("from the command line too, and it is remembered who said why", async () => {
    await night({ p1: ann, p2: kai });
    const run = await night({ p1: zoe, p2: kai });
    const [issue] = await issuesOf(run.id);
    const args = ["sync", "decide", run.id, String(issue?.seq), "--reason", "the office was asked", "--json"];
    expect(await sis(variables, ...args, "--who", "nobody")).toMatchObject({ exitCode: 1, json: { error: { code: "usage" } } });
    const listed = await sis(variables, "sync", "issues", run.id, "--code", "match-takeover", "--json");
    expect(listed.json.issues).toMatchObject([{ seq: issue?.seq, persons: [{ before: "Ann", after: "Zoe" }, {}, {}, {}] }]);
    expect(await sis(variables, ...args, "--who", "same-person")).toMatchObject({ exitCode: 0, json: { verdict: "same-person" } });
    expect(await getIssue(services, operatorScope(district), run.id, issue?.seq ?? -1)).toMatchObject({
      decision: { verdict: "same-person", reason: "the office was asked", decidedByName: null },
    });
    const entries = await db.sql`select action, details from audit_entries where district_id = ${district} and action = 'match-decided'`;
    expect(entries).toMatchObject([{ details: { verdict: "same-person", reason: "the office was asked" } }]);
    await night({ p1: zoe, p2: kai });
    expect((await roster())["Zoe Quist"]).toMatchObject({ ids: ["p1"] });
  });
});
