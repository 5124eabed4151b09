import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, setScope, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { deactivateAccount } from "#lib/services/accounts/write.ts";
import { archiveClassroom, barPerson } from "#lib/services/edits/standing.ts";
import { editPerson } from "#lib/services/edits/write.ts";
import { removeIntegration } from "#lib/services/integrations/write.ts";
import { loadBarred } from "#lib/services/retention/barred-ids.ts";
import { erasePerson } from "#lib/services/retention/erase.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { whyPerson } from "./person.ts";
import { readRef, type SeesWhy, textOfRef, type WhyLink } from "./schema.ts";
import { searchClasses, searchWhy } from "./search.ts";
import { whySees } from "./sees.ts";

/** One search for everybody of whom Aivo or a SIS knows, and the chain from the SIS to the class, with the place where it breaks. */
const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const user = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: id.charAt(0).toUpperCase() + id.slice(1),
  familyName: "Ade",
  email: `${id}@s.example`,
  identifier: `n-${id}`,
  grades: "09",
  orgSourcedIds: "north",
  ...fields,
});
const room = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  title: id.charAt(0).toUpperCase() + id.slice(1),
  classCode: id.slice(0, 3).toUpperCase(),
  schoolSourcedId: "north",
  courseSourcedId: "math",
  termSourcedIds: "year",
  ...fields,
});
const seat = (person: string, klass: string, fields: RawRow = {}): RawRow => ({
  sourcedId: `${person} in ${klass}`,
  classSourcedId: klass,
  userSourcedId: person,
  role: "student",
  ...fields,
});
const everything = {
  orgs: [
    { sourcedId: "north", name: "North High", type: "school" },
    { sourcedId: "south", name: "South High", type: "school" },
  ],
  academicSessions: [
    { sourcedId: "year", title: "All year", type: "term", startDate: "2000-01-01", endDate: "2999-12-31", schoolYear: "2999" },
  ],
  courses: [{ sourcedId: "math", title: "Mathematics" }],
  classes: [room("algebra"), room("biology")],
  users: [user("sam"), user("kim"), user("pat", { role: "parent" }), user("odd", { role: "wizard" })],
  enrollments: [seat("sam", "algebra"), seat("kim", "biology")],
};
type Rows = typeof everything;

let district = "";
let integration = "";
let scope: ReturnType<typeof operatorScope>;
beforeEach(async () => {
  district = await newDistrict(db);
  scope = operatorScope(district);
  integration = await newIntegration(db, district);
  await sync();
});
const stateOf = (changed: Partial<Rows>): SisState => ({ rows: { ...everything, ...changed } });
const sync = async (changed: Partial<Rows> = {}, of = integration) => {
  const run = await syncOnce(db, district, of, stateOf(changed), {
    loadBarred: (one) => loadBarred(services, one.districtId, one.id),
  });
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  return run;
};
const search = async (text: string) => (await searchWhy(services, scope, text)).hits;
const found = async (text: string) => (await search(text)).map(({ name, where }) => `${name}: ${where}`);
const ref = async (text: string) => {
  const [hit] = await search(text);
  const read = readRef(hit?.ref ?? "");
  if (read === null) throw new Error(`nobody is found by ${text}`);
  return read;
};
const idOf = async (text: string) => {
  const one = await ref(text);
  return "recordId" in one ? one.recordId : "";
};
const why = async (text: string) => whyPerson(services, scope, await ref(text));
const classRef = async (text: string) => {
  const [hit] = await searchClasses(services, scope, text);
  return readRef(hit?.ref ?? "") ?? { integrationId: integration, externalId: text };
};
const sees = async (who: string, what: string) => whySees(services, scope, await ref(who), await classRef(what));
const state = (links: readonly WhyLink[]) => links.map((link) => `${link.link} ${link.state}`);
const breaks = ({ links }: SeesWhy) => links.filter((link) => link.state === "breaks").map(({ link }) => link);

describe("the search", () => {
  test("finds by words in any order, address, number and id, of Aivo and of the SIS, whoever arrived or not", async () => {
    const id = await idOf("sam");
    for (const text of ["ade sam", "SAM@s.example", "n-sam", "sam", id]) expect(await found(text)).toEqual(["Sam Ade: active"]);
    expect(await found("ade")).toEqual(["Kim Ade: active", "Sam Ade: active", "Odd Ade: left-out"]);
    expect(await found("n-odd")).toEqual(["Odd Ade: left-out"]);
    // Of parents nothing is remembered but the id.
    expect(await search("pat@s.example")).toEqual([]);
    expect(await search("pat")).toMatchObject([{ role: "parent", cause: "The SIS has them as parent", externalId: "pat" }]);
    expect(await search("nobody")).toEqual([]);
    expect(await search("  ")).toEqual([]);
    expect(await found("100%")).toEqual([]);
  });

  test("lists few, and says that there are more", async () => {
    const many = Array.from({ length: 80 }, (_, n) => user(`x${n}`, n < 60 ? {} : { role: "wizard" }));
    await sync({ users: [...everything.users, ...many] });
    expect(await searchWhy(services, scope, "ade")).toMatchObject({ hasMore: true });
    const listed = await search("ade");
    expect(listed.filter(({ where }) => where === "active")).toHaveLength(50);
    expect(listed.filter(({ where }) => where === "left-out")).toHaveLength(21);
    expect(await searchWhy(services, scope, "x5@")).toMatchObject({ hasMore: false, hits: [{ where: "active" }] });
  });

  test("finds by what the SIS says where an admin edited it", async () => {
    await editPerson(services, scope, await idOf("sam"), { givenName: "Samuel", email: "samuel@other.example" });
    expect(await found("samuel ade")).toEqual(["Samuel Ade: active"]);
    expect(await found("sam@s.example")).toEqual(["Samuel Ade: active"]);
  });

  test("knows nothing of another district", async () => {
    const other = operatorScope(await newDistrict(db));
    const sam = await ref("sam");
    const odd = await ref("n-odd");
    const algebra = await classRef("algebra");
    expect((await searchWhy(services, other, "ade")).hits).toEqual([]);
    expect(await searchClasses(services, other, "algebra")).toEqual([]);
    for (const one of [sam, odd]) {
      await expect(whyPerson(services, other, one)).rejects.toMatchObject({ code: "not-found" });
      await expect(whySees(services, other, one, algebra)).rejects.toMatchObject({ code: "not-found" });
    }
  });

  test("looks through those rows of the SISs that are not simply in the roster, by their index", async () => {
    const plan = await db.sql.begin(async (tx) => {
      await tx`set local enable_seqscan = off`;
      return tx.unsafe(`explain select from source_records m where m.district_id = '${district}' and m.collection = 'users'
        and m.collection in ('users', 'classes') and m.fate <> 'rostered' and (lower(m.family_name) like '%ade%' or m.external_id = 'ade')`);
    });
    expect(JSON.stringify(plan)).toContain("source_records_unplaced");
  });
});

describe("the chain of a person", () => {
  test("one who arrived: all ticks, with file and line, the class and what is seen of it", async () => {
    const answer = await why("sam");
    expect(answer).toMatchObject({ name: "Sam Ade", role: "learner", where: "active", answer: "Sam Ade is active. In 1 class now." });
    const [chain] = answer.sources;
    expect(state(chain?.links ?? [])).toEqual(["said holds", "read holds", "scope holds", "matched holds"]);
    expect(chain?.links[0]).toMatchObject({
      says: "Test SIS has Sam Ade, learner, sam@s.example, number n-sam (users.csv, line 2).",
      more: { label: "Sync 1", to: { kind: "run" } },
    });
    expect(state(answer.inAivo)).toEqual(["account holds", "sign-in holds", "last-change told"]);
    expect(answer.classes.now).toMatchObject([{ name: "Algebra", terms: ["All year"], sight: "open" }]);
    expect(answer.missing).toEqual([]);
    const run = await sync({ users: [user("sam", { grades: "10" }), ...everything.users.slice(1)] });
    const last = (await why("sam")).inAivo.at(-1);
    expect(last?.says).toContain("Changed; Grade: Grade 9 → Grade 10. By Sync 2 of Test SIS");
    expect(last?.more).toMatchObject({ to: { runId: run.id } });
  });

  test("who left is found, with the sync that deactivated them", async () => {
    const run = await sync({ users: everything.users.slice(1), enrollments: everything.enrollments.slice(1) });
    const answer = await why("sam");
    expect(answer).toMatchObject({ where: "deactivated", answer: "Sam Ade is deactivated, by a sync, and cannot sign in." });
    expect(answer.sources[0]?.links).toMatchObject([
      { link: "said", state: "breaks", says: "Test SIS no longer sends this person.", more: { to: { runId: run.id } } },
      { link: "matched", state: "told" },
    ]);
    expect(answer.inAivo[0]).toMatchObject({ state: "breaks", more: { to: { runId: run.id } } });
    expect(answer.classes.earlier).toMatchObject([{ name: "Algebra", sight: null }]);
  });

  test("who was left out for a bad row is told the rule and the remedy, who is not rostered why", async () => {
    const odd = await why("n-odd");
    expect(odd).toMatchObject({ accountId: null, where: "left-out", name: "Odd Ade" });
    expect(odd.answer).toBe("Odd Ade is not in Aivo. Value outside the vocabulary.");
    expect(odd.sources[0]?.links).toMatchObject([
      { link: "said", state: "holds" },
      { link: "read", state: "breaks", remedy: expect.stringContaining("Map the value"), more: { to: { kind: "issue" } } },
    ]);
    const pat = await why("pat");
    expect(pat.sources[0]?.links[1]).toMatchObject({
      link: "read",
      state: "breaks",
      says: expect.stringContaining("has this person as parent"),
    });
  });

  test("who waits for a decision leads to the conflict, and the account that may be theirs says so", async () => {
    for (const givenName of ["Lou", "Louise"])
      await db.orm.insert(accounts).values({ districtId: district, role: "learner", givenName, familyName: "Li", email: "lou@s.example" });
    await sync({
      users: [...everything.users, user("lou", { familyName: "Ling" })],
      enrollments: [...everything.enrollments, seat("lou", "algebra")],
    });
    const [waits] = (await search("ling")) ?? [];
    expect(waits).toMatchObject({ where: "waits", cause: "Several accounts match one record" });
    const answer = await why("ling");
    expect(answer.sources[0]?.links.at(-1)).toMatchObject({
      link: "matched",
      state: "breaks",
      more: { label: "Decide who it is", to: { kind: "conflict" } },
    });
    expect(answer.missing).toMatchObject([{ className: "Algebra", where: "waits" }]);
    expect((await why("louise")).inAivo).toContainEqual(expect.objectContaining({ link: "claimed", more: expect.anything() }));
    expect(breaks(await sees("ling", "algebra"))).toEqual(["person"]);
  });

  test("somebody else by a known id waits, and the account stays as it was", async () => {
    await sync({
      users: [
        user("sam", { givenName: "Quite", familyName: "Other", email: "q@s.example", identifier: "77" }),
        ...everything.users.slice(1),
      ],
    });
    expect(await found("quite other")).toEqual(["Quite Other: waits"]);
    const answer = await why("quite other");
    expect(answer).toMatchObject({ accountId: null, inAivo: [{ link: "leads-to", more: { to: { kind: "learner" } } }] });
    expect(await found("n-sam")).toEqual(["Sam Ade: active"]);
  });

  test("out of scope: the rule that leaves them out, new ones and those who were there", async () => {
    await setScope(db, integration, { schools: ["south"], grades: ["09"] });
    await sync({ users: [...everything.users, user("new", { grades: "11", orgSourcedIds: "south" })] });
    const fresh = await why("n-new");
    expect(fresh).toMatchObject({ where: "out-of-scope", accountId: null });
    expect(fresh.sources[0]?.links.at(-1)).toMatchObject({
      link: "scope",
      state: "breaks",
      says: "Out of the scope of Test SIS. Left out: the school South High.",
      more: { to: { kind: "scope" } },
    });
    const sam = await why("n-sam");
    expect(sam).toMatchObject({ where: "active" });
    expect(sam.sources[0]?.links[2]?.says).toBe("Out of the scope of Test SIS. Left out: Grade 9. What Aivo has is left as it was.");
  });

  test("what admins did: edited, barred, deactivated, each with who, why and when", async () => {
    const id = await idOf("sam");
    await editPerson(services, scope, id, { givenName: "Samuel" });
    await barPerson(services, scope, id, { reason: "Stole a password" });
    const barred = await why(id);
    expect(barred).toMatchObject({
      where: "barred",
      answer: "Samuel Ade is active, and an admin bars them from signing in. In 1 class now.",
    });
    expect(state(barred.inAivo)).toEqual(["account holds", "sign-in breaks", "edit told", "last-change told"]);
    expect(barred.inAivo[1]?.says).toBe("Barred from signing in by Operator (command line): “Stole a password”.");
    expect(barred.inAivo[2]?.says).toBe("First name is “Samuel” by the operator; the SIS says “Sam”.");
    expect(barred.inAivo[3]?.says).toContain("Barred from signing in");
    expect(barred.classes.now).toMatchObject([{ sight: null }]);
    await deactivateAccount(services, scope, id, "Left on Friday");
    expect((await why(id)).inAivo[0]).toMatchObject({
      state: "breaks",
      says: "The account was deactivated by Operator (command line): “Left on Friday”. No sync brings it back.",
    });
  });

  test("two integrations: both chains, and one that was disconnected", async () => {
    const second = await newIntegration(db, district);
    await db.sql`update integrations set name = 'Second SIS' where id = ${second}`;
    await sync({ users: [user("zwei", { givenName: "Sam", email: "sam@s.example", identifier: "n-sam" })], enrollments: [] }, second);
    const both = await why("n-sam");
    expect(both.sources.map(({ integrationName, externalId }) => [integrationName, externalId])).toEqual([
      ["Test SIS", "sam"],
      ["Second SIS", "zwei"],
    ]);
    expect(both.sources[1]?.links.at(-1)?.says).toBe("Matched by email address.");
    await removeIntegration(services, scope, integration);
    const left = await why("n-sam");
    expect(left.sources.map(({ integrationName, links }) => [integrationName, links[0]?.state])).toEqual([
      ["Second SIS", "holds"],
      ["Test SIS", "breaks"],
    ]);
  });

  test("who would leave and is withheld stays, and what waits is said, of the person and of the seat", async () => {
    await db.sql`update integrations set safety = safety || '{"additionsOnly": true}' where id = ${integration}`;
    await sync({ users: everything.users.slice(1), enrollments: everything.enrollments.slice(1) });
    const answer = await why("n-sam");
    expect(answer).toMatchObject({ where: "active" });
    expect(answer.sources[0]?.links[0]).toMatchObject({ link: "said", state: "told" });
    expect(answer.inAivo).toContainEqual(
      expect.objectContaining({
        link: "withheld",
        says: "Test SIS says that they leave. It is withheld: Additions only.",
        more: { label: "What is withheld", to: { kind: "withheld", integrationId: integration } },
      }),
    );
    const seen = await sees("n-sam", "algebra");
    expect(seen.sight).toBe("open");
    expect(state(seen.links).slice(0, 3)).toEqual(["said told", "scope holds", "withheld told"]);
  });

  test("who was erased on request is said of the id alone", async () => {
    const id = await idOf("sam");
    await sync({ users: everything.users.slice(1), enrollments: everything.enrollments.slice(1) });
    await erasePerson(services, scope, id, { name: "Sam Ade", reason: "the parents asked", bar: true });
    await sync();
    expect(await searchWhy(services, scope, "sam")).toMatchObject({
      hits: [],
      erased: [{ integrationName: "Test SIS", reason: "the parents asked" }],
    });
    expect((await searchWhy(services, scope, "kim")).erased).toEqual([]);
  });
});

describe("whether somebody sees a class", () => {
  test("all ticks", async () => {
    const answer = await sees("sam", "algebra");
    expect(answer).toMatchObject({ sight: "open", answer: "Sam Ade and Algebra: sees it, and it is open." });
    expect(state(answer.links)).toEqual(
      ["said", "scope", "person", "class", "account", "sign-in", "membership", "membership-dates", "classroom", "term"].map(
        (link) => `${link} holds`,
      ),
    );
    expect(answer.links[0]?.says).toBe("Test SIS has them in Algebra as learner (enrollments.csv, line 2).");
  });

  test("no SIS says it, or no longer", async () => {
    const never = await sees("sam", "biology");
    expect(breaks(never)).toEqual(["said", "membership"]);
    expect(never.links[0]?.says).toBe("Test SIS has no enrollment of them in Biology.");
    await sync({ enrollments: everything.enrollments.slice(1) });
    const left = await sees("sam", "algebra");
    expect(breaks(left)).toEqual(["said", "membership"]);
    expect(left.links[0]).toMatchObject({ says: "Test SIS no longer sends their enrollment in Algebra.", more: { label: "Sync 2" } });
  });

  test("the class never arrived, or is named and was never sent", async () => {
    const changed = {
      classes: [...everything.classes, room("chess", { schoolSourcedId: "nowhere" })],
      enrollments: [...everything.enrollments, seat("sam", "chess"), seat("sam", "ghost")],
    };
    await sync(changed);
    expect(await searchClasses(services, scope, "chess")).toMatchObject([{ name: "Chess", where: "waits" }]);
    const chess = await sees("sam", "chess");
    expect(breaks(chess)).toEqual(["class"]);
    expect(chess.links.find(({ link }) => link === "class")).toMatchObject({
      says: expect.stringContaining("Chess is not in Aivo. Class without a known school."),
      remedy: expect.stringContaining("Include the school"),
    });
    expect((await why("n-sam")).missing).toMatchObject([
      { className: "Chess", cause: "Enrollment in an unknown class" },
      { className: "ghost", cause: "Enrollment in an unknown class" },
    ]);
    const ghost = await sees("sam", "ghost");
    expect(ghost.links.find(({ state }) => state === "breaks")?.says).toBe(
      "ghost is not in Aivo: the SIS names it, and has sent nothing of it.",
    );
  });

  test("the person never arrived", async () => {
    await sync({ enrollments: [...everything.enrollments, seat("odd", "algebra")] });
    const answer = await sees("n-odd", "algebra");
    expect(answer).toMatchObject({ sight: null, today: null });
    expect(breaks(answer)).toEqual(["person"]);
  });

  test("the enrollment itself cannot be used", async () => {
    await sync({ enrollments: [...everything.enrollments, seat("kim", "algebra", { role: "teacher" })] });
    const answer = await sees("kim", "algebra");
    expect(breaks(answer)).toEqual(["said", "membership"]);
    expect(answer.links[0]?.says).toContain("Enrollment role does not fit the person.");
    await sync({ enrollments: [...everything.enrollments, seat("kim", "algebra", { role: "wizard" })] });
    expect((await sees("kim", "algebra")).links[0]?.says).toContain("Value outside the vocabulary.");
  });

  test("out of scope: with the class, by its course", async () => {
    await setScope(db, integration, { courses: ["math"], outside: "withdraw" });
    await sync({ classes: [...everything.classes, room("chess")], enrollments: [...everything.enrollments, seat("sam", "chess")] });
    for (const name of ["algebra", "chess"]) {
      const answer = await sees("n-sam", name);
      expect(answer.sight).toBeNull();
      expect(answer.links.find(({ link }) => link === "scope")).toMatchObject({
        state: "breaks",
        says: "Out of the scope of Test SIS: the class with the course Mathematics.",
      });
    }
  });

  test("dates, the account, signing in and the class, each by itself", async () => {
    await sync({ enrollments: [seat("sam", "algebra", { beginDate: "2998-01-01" }), seat("kim", "biology")] });
    const upcoming = await sees("sam", "algebra");
    expect(upcoming.sight).toBe("announced");
    expect(upcoming.links.find(({ link }) => link === "membership-dates")?.state).toBe("told");
    await barPerson(services, scope, await idOf("sam"), { reason: "because of it" });
    expect(breaks(await sees("sam", "algebra"))).toEqual(["sign-in", "membership-dates"]);
    await deactivateAccount(services, scope, await idOf("kim"));
    expect(breaks(await sees("kim", "biology"))).toEqual(["account"]);
    const biology = await classRef("biology");
    await archiveClassroom(services, scope, "recordId" in biology ? biology.recordId : "", { reason: "because of it" });
    expect(breaks(await sees("kim", "biology"))).toEqual(["account", "classroom"]);
  });
});

test("a reference is read as it was written, whatever the SIS's id has in it", () => {
  const integrationId = "01a20cac-d8fa-7647-96fb-1f28003dd082";
  for (const one of [{ recordId: integrationId }, { integrationId, externalId: "a:b c/ü" }]) expect(readRef(textOfRef(one))).toEqual(one);
  for (const text of ["", "sam", integrationId.slice(1), `${integrationId}:`, `${integrationId}x`]) expect(readRef(text)).toBeNull();
});
