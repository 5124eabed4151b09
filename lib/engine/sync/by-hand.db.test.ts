/** Sets of OneRoster 1.2 as vendors export them, written by hand from the binding: who comes through, and what is said of what is wrong, and where. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createSource } from "#lib/engine/sis/create.ts";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { impatience } from "#lib/engine/testing/sis/rest.ts";
import { newIntegration, openIssues, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";

let database: TestDatabase;
let bench: Bench;
let district = "";
let integration = "";
beforeAll(async () => {
  database = await testDatabase();
  bench = await startBench();
});
afterAll(async () => {
  await bench.stop();
  await database.close();
});
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district);
});

async function sync(files: Readonly<Record<string, string>>) {
  await bench.put({ ...base, ...files });
  const source = createSource("oneroster-csv", bench.credentials, impatience());
  const trustedOrigins = [`sftp://127.0.0.1:${bench.sshd.port}`];
  return syncOnce(database.db, district, integration, { rows: {} }, { source, trustedOrigins });
}
/** Each person by the SIS's id: what became of the record, and of the account. */
async function people() {
  const rows = await database.db.sql<{ id: string; words: string }[]>`
    select m.external_id as id, concat_ws(' ', m.fate, m.reason, a.role, a.status, a.given_name, a.grade, (
      select string_agg(s.external_id, '+' order by x.n) from unnest(a.school_ids) with ordinality x (id, n)
      join source_records s on s.district_id = ${district} and s.record_id = x.id and s.collection = 'orgs')) as words
    from source_records m left join accounts a on a.district_id = m.district_id and a.id = m.record_id
    where m.district_id = ${district} and m.collection = 'users' order by 1`;
  return Object.fromEntries(rows.map(({ id, words }) => [id, words]));
}
/** Where it stands and what it is: "roles.csv 10 role-date endDate 2026-08-01". */
async function issues(run: { readonly id: string }) {
  const found = await openIssues(database.db, run.id);
  return found.map(({ code, sourcePart, sourcePosition, field, value }) =>
    [sourcePart, sourcePosition, code, field, value].filter((part) => part !== null).join(" "),
  );
}

const rosterFiles = ["academicSessions", "classes", "courses", "enrollments", "orgs", "roles", "users"];
const base: Readonly<Record<string, string>> = {
  "manifest.csv": `propertyName,value
manifest.version,1.0
oneroster.version,1.2
${rosterFiles.map((file) => `file.${file},bulk`).join("\n")}
source.systemName,Riverside SIS
`,
  "orgs.csv": `sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d,,,Riverside USD,district,100,
hs,,,Riverside High,school,101,d
ms,,,Riverside Middle,school,102,d
bus,,,Transport,department,,d
`,
  "academicSessions.csv": `sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
y,,,2026-27,schoolYear,2020-08-01,2040-06-30,,2040
`,
  "courses.csv": `sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
k,,,y,Biology,BIO,"09,10",hs,,
`,
  "classes.csv": `sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
c1,,,Biology 1,09,k,B1,scheduled,,hs,y,,,
`,
  "enrollments.csv": `sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,c1,hs,tia,teacher,TRUE,,
e2,,,c1,hs,sam,student,,,
`,
};
const userColumns =
  "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns";
const roleColumns = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId";
interface Cells {
  readonly userIds?: string;
  readonly agents?: string;
  readonly grades?: string;
  readonly master?: string;
  readonly home?: string;
}
const user = (id: string, { userIds = "", agents = "", grades = "", master = "", home = "" }: Cells = {}) =>
  `${id},,,true,,${userIds},${id},Ade,,n-${id},${id}@x.example,,,${agents},${grades},pw,${master},,,,${home},`;
const usersOf = (...rows: readonly string[]) => [userColumns, ...rows, ""].join("\n");
const rolesOf = (...rows: readonly string[]) => [roleColumns, ...rows, ""].join("\n");

test("dialects and mistakes, one a row: whoever can be told comes through, and each mistake is named with its line", async () => {
  const rows = [
    user("tia", { home: "d" }),
    user("sam", { grades: '"09,10"', master: '"{""sis"":""1,2""}"', agents: '"pat,other"' }),
    user("sue", { grades: "Grade 9", userIds: '"{Fed:1},{State:2}"' }),
    user("ned", { grades: "P6" }),
    ...["pat", "adm", "none", "never", "both", "bus", "wizard", "site", "wordless"].map((id) => user(id)),
  ];
  const run = await sync({
    // With a mark of bytes, and columns that nobody knows behind the others.
    "users.csv": `\ufeff${userColumns},metadata.jp.kanaGivenName,comment\r\n${rows.map((row) => `${row},カナ,more\r\n`).join("")}`,
    "roles.csv": rolesOf(
      "r1,,,tia,Primary,Teacher,2020-08-01T00:00:00.000Z,,hs,",
      "r2,,,tia,primary,teacher,,,ms,",
      "r3,,,tia,primary,teacher,,,ms,",
      "r4,,,sam,primary,student,,,hs,",
      "r5,active,2026-08-01,sue,primary,student,,2040-06-30,hs,",
      "r6,,,ned,,STUDENT,,,ms,",
      "r7,,,pat,primary,parent,,,hs,",
      "r8,,,adm,primary,administrator,,,hs,",
      "r9,,,never,primary,student,2040-06-30,2026-08-01,hs,",
      "r10,,,both,primary,student,,,hs,",
      "r11,,,both,primary,teacher,,,ms,",
      "r12,,,bus,primary,teacher,,,bus,",
      "r13,,,wizard,primary,wizard,,,hs,",
      "r14,,,site,Secondary,site administrator,,,hs,",
      "r15,,,wordless,primary,,,,hs,",
      "r16,,,ghost,primary,student,,,hs,",
      "r17,,,sam,primary,student,,,nowhere,",
      "r18,tobedeleted,2026-08-01,sue,primary,student,,,ms,",
      "r19,,,ned,primary,student,,,hs,",
      "r19,,,pat,primary,parent,,,hs,",
      ",,,ned,primary,student,,,hs,",
    ),
  });
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  expect(await people()).toEqual({
    tia: "rostered teacher active tia hs+ms",
    sam: "rostered learner active sam 09 hs",
    sue: "rostered learner active sue 09 hs",
    ned: "rostered learner active ned ms",
    bus: "rostered teacher active bus",
    pat: "not-rostered parent",
    adm: "not-rostered administrator",
    site: "not-rostered siteAdministrator",
    both: "waiting role-both",
    none: "waiting role-none-waits",
    never: "waiting role-none-waits",
    wizard: "waiting role-none-waits",
    wordless: "waiting role-none-waits",
  });
  const told = await issues(run);
  for (const one of [
    "users.csv 5 grade-unknown grades P6",
    "roles.csv 10 role-date endDate 2026-08-01",
    "roles.csv 14 value-unknown role wizard",
    "roles.csv 16 required-missing role",
    "roles.csv 17 reference-user userSourcedId ghost",
    "roles.csv 18 reference-org orgSourcedId nowhere",
    "roles.csv 20 id-conflict sourcedId r19",
    "roles.csv 22 id-missing sourcedId",
    "users.csv 10 role-both roles student at hs (primary), teacher at ms (primary)",
    "users.csv 8 role-none-waits roles",
    "users.csv 2 role-repeated roles",
    "users.csv 2 role-home roles",
  ])
    expect(told).toContain(one);
  expect(told.join()).not.toContain("pw");
});

test("dates that cannot be read, and roles.csv cut off: nobody who is there loses anything", async () => {
  const both = usersOf(user("tia"), user("sam"), user("sue"));
  const good = ["r1,,,tia,primary,teacher,,,hs,", "r2,,,sam,primary,student,,,hs,", "r3,,,sue,primary,student,,,ms,"];
  await sync({ "users.csv": both, "roles.csv": rolesOf(...good) });
  const before = await people();
  const american = await sync({
    "users.csv": both,
    "roles.csv": rolesOf("r1,,,tia,primary,teacher,NULL,NULL,hs,", "r2,,,sam,primary,student,8/1/2026,6/30/2027,hs,", ...good.slice(2)),
  });
  expect(await people()).toEqual(before);
  expect(await issues(american)).toEqual(
    expect.arrayContaining(["roles.csv 2 role-date beginDate NULL", "roles.csv 3 role-date beginDate 8/1/2026"]),
  );
  const cut = await sync({ "users.csv": both, "roles.csv": rolesOf(...good.slice(0, 1)) });
  expect(await people()).toEqual(before);
  expect((await issues(cut)).filter((one) => one.includes("role-none"))).toEqual([
    "users.csv 3 role-none roles",
    "users.csv 4 role-none roles",
  ]);
});

test("a master identifier is a person whatever its letters' case, where it is a UUID", async () => {
  const [small, large] = ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3F2504E0-4F89-11D3-9A0C-0305E82C3301"];
  await sync({
    "users.csv": usersOf(
      user("tia"),
      user("sam", { master: small }),
      user("sue", { master: large }),
      user("al", { master: "ab" }),
      user("bo", { master: "AB" }),
    ),
    "roles.csv": rolesOf(
      "r1,,,tia,primary,teacher,,,hs,",
      ...["sam,primary,student,,,hs,", "sue,primary,student,,,ms,", "al,primary,student,,,hs,", "bo,primary,student,,,hs,"].map(
        (row, n) => `s${n},,,${row}`,
      ),
    ),
  });
  const all = await people();
  expect([all.sam, all.sue]).toEqual(["rostered learner active sam hs+ms", "rostered several-ids learner active sam hs+ms"]);
  expect([all.al, all.bo]).toEqual(["rostered learner active al hs", "rostered learner active bo hs"]);
});

test.each([
  ["without ids", "userSourcedId,roleType,role,orgSourcedId\ntia,primary,teacher,hs\n", /roles\.csv lacks the column sourcedId/],
  [
    "of a spreadsheet's own columns",
    "sourcedId,userId,roleType,roleName,orgId\nr1,tia,primary,teacher,hs\n",
    /lacks the columns userSourcedId, role, orgSourcedId/,
  ],
  ["with semicolons", `${roleColumns.replaceAll(",", ";")}\nr1;;;tia;primary;teacher;;;hs;\n`, /roles\.csv lacks the columns/],
])("roles %s end the sync, which says what is missing and what is there", async (_, roles, message) => {
  const run = await sync({ "users.csv": usersOf(user("tia")), "roles.csv": roles });
  expect(run).toMatchObject({ state: "failed", failure: { code: "header-missing-columns", message: expect.stringMatching(message) } });
  expect(run.failure?.remedy.length).toBeGreaterThan(20);
});
