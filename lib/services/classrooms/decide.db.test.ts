import { afterAll, beforeEach, expect, test } from "vitest";
import { executeNow, newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { defaultSafety, safetyOff } from "#lib/roster/guard/settings.ts";
import { applyDecisions } from "#lib/services/conflicts/decide.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { declineReissuedClasses, readReissuedClasses } from "#lib/services/runs/reissued.ts";
import { requestUndo } from "#lib/services/runs/undo.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { decideClass, listDecidedClasses, takeBackClass } from "./decide.ts";
import { decideIssueClass } from "./decide-issue.ts";

/** Which class of Aivo one of the SIS is, where an admin knows it better than what the two have in common. */
const { services, close } = await testServices();
afterAll(close);
const { db } = services;
let district = "";
let integration = "";
beforeEach(async () => {
  district = await newDistrict(db);
  integration = await newIntegration(db, district, { ...defaultSafety, maxReissued: 0, withholdDoubtful: false });
});
const scope = () => operatorScope(district);
const reason = "the office was asked";

const letters = ["a", "b", "c"] as const;
const term = { sourcedId: "y", title: "Year", type: "schoolYear", startDate: "2026-08-01", endDate: "2099-06-01", schoolYear: "2099" };
/** Three classes with a teacher and two learners each; `as` is what the ids of classes begin with. */
function sis(as: string, more: { readonly classes?: readonly RawRow[]; readonly enrollments?: readonly RawRow[] } = {}): SisState {
  return {
    rows: {
      orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
      academicSessions: [term],
      courses: [],
      classes: [
        ...letters.map((letter) => ({ sourcedId: `${as}${letter}`, title: `Class ${letter}`, schoolSourcedId: "s1", termSourcedIds: "y" })),
        ...(more.classes ?? []),
      ],
      users: letters.flatMap((letter) => [
        { sourcedId: `t${letter}`, role: "teacher", givenName: "T", familyName: letter, orgSourcedIds: "s1" },
        ...[1, 2].map((n) => ({
          sourcedId: `p${letter}${n}`,
          role: "student",
          givenName: "P",
          familyName: `${letter}${n}`,
          orgSourcedIds: "s1",
        })),
      ]),
      enrollments: [
        ...letters.flatMap((letter) => [
          { sourcedId: `${as}et${letter}`, classSourcedId: `${as}${letter}`, userSourcedId: `t${letter}`, role: "teacher" },
          ...[1, 2].map((n) => ({
            sourcedId: `${as}e${letter}${n}`,
            classSourcedId: `${as}${letter}`,
            userSourcedId: `p${letter}${n}`,
            role: "student",
          })),
        ]),
        ...(more.enrollments ?? []),
      ],
    },
  };
}
const sync = (state: SisState, as = integration) => syncOnce(db, district, as, state);
async function execute(requested: { readonly ok: boolean; readonly runId?: string }, state: SisState) {
  if (!requested.runId) throw new Error(JSON.stringify(requested));
  return executeNow(db, district, requested.runId, state);
}
/** The active classes by name, with their ids and how many learners each has. */
const classrooms = () => db.sql<{ name: string; id: string; learners: number }[]>`
  select c.name, c.id, (
      select count(*)::int from memberships m
      where m.district_id = c.district_id and m.classroom_id = c.id and m.status = 'active' and m.role = 'learner') as learners
  from classrooms c where c.district_id = ${district} and c.status = 'active' order by c.name, c.id`;
const idOf = async (name: string) => (await classrooms()).find((one) => one.name === name)?.id ?? "";
const same = (externalId: string, classroomId: string) =>
  decideClass(services, scope(), integration, { externalId, classroomId, verdict: "same", reason });
const another = (externalId: string, classroomId: string) =>
  decideClass(services, scope(), integration, { externalId, classroomId, verdict: "another", reason });

test("of re-issued ids some classes are declined: they come as new ones, and the others keep what they have", async () => {
  await sync(sis("old-"));
  const before = await classrooms();
  const held = await sync(sis("new-"));
  expect(held.state).toBe("held");
  const { classes, total } = await readReissuedClasses(services, scope(), held.id);
  expect(total).toBe(3);
  expect(classes.map(({ name, newName, externalId, school }) => [name, newName, externalId, school])).toEqual(
    letters.map((letter) => [`Class ${letter}`, `Class ${letter}`, `new-${letter}`, "North"]),
  );

  const declined = { externalIds: ["new-b"], reason };
  const again = await execute(await declineReissuedClasses(services, scope(), held.id, declined), sis("new-"));
  expect(again.state).toBe("held");
  expect(await classrooms()).toEqual(before);
  expect((await readReissuedClasses(services, scope(), again.id)).classes.map(({ externalId }) => externalId)).toEqual(["new-a", "new-c"]);
  // The first plan was made without it, and is none any more.
  expect(await approveRun(services, scope(), held.id)).toMatchObject({ ok: false, reason: "not-waiting" });
  expect((await readReissuedClasses(services, scope(), held.id)).total).toBe(0);
  await expect(declineReissuedClasses(services, scope(), held.id, declined)).rejects.toMatchObject({ code: "precondition" });

  const run = await execute(await approveRun(services, scope(), again.id), { rows: {} });
  expect(run.totals).toMatchObject({ classroom: { created: 1, deactivated: 1 }, learner: { created: 0, deactivated: 0 } });
  const after = await classrooms();
  expect(after.map(({ name, learners }) => [name, learners])).toEqual(letters.map((letter) => [`Class ${letter}`, 2]));
  const kept = after.filter(({ id }) => before.some((one) => one.id === id)).map(({ name }) => name);
  expect(kept).toEqual(["Class a", "Class c"]);
  expect((await sync(sis("new-"))).changeCount).toBe(0);

  const undone = await execute(await requestUndo(services, scope(), run.id, { reason: "it was wrong" }), { rows: {} });
  expect(undone.state).toBe("succeeded");
  expect(await classrooms()).toEqual(before);
});

test("what the plan does not take for a class of Aivo's cannot be declined, and nothing is noted", async () => {
  await sync(sis("old-"));
  const held = await sync(sis("new-"));
  const decline = (externalIds: readonly string[]) => declineReissuedClasses(services, scope(), held.id, { externalIds, reason });
  await expect(decline(["new-a", "nobody"])).rejects.toMatchObject({ code: "conflict" });
  await expect(decline([])).rejects.toMatchObject({ code: "invalid" });
  expect((await listDecidedClasses(services, scope())).total).toBe(0);
});

test("a class that was made new beside the one that it is, is put together with it, and whoever is in it goes along", async () => {
  integration = await newIntegration(db, district, safetyOff);
  const twin = { sourcedId: "new-a2", title: "Class a", schoolSourcedId: "s1", termSourcedIds: "y" };
  await sync(sis("old-"));
  const old = await idOf("Class a");
  // Two come that may be it, so that both are new ones.
  const both = sis("new-", {
    classes: [twin],
    enrollments: (sis("new-").rows.enrollments ?? [])
      .filter(({ classSourcedId }) => classSourcedId === "new-a")
      .map((row) => ({ ...row, sourcedId: `${row.sourcedId}-2`, classSourcedId: "new-a2" })),
  });
  await sync(both);
  const made = (await classrooms()).filter(({ name }) => name === "Class a");
  expect(made).toHaveLength(2);
  expect(made.map(({ id }) => id)).not.toContain(old);

  const [issue] = await db.sql<{ id: string; seq: number }[]>`
    select r.id, i.seq::int as seq from issues i
    join sync_runs r on r.district_id = i.district_id and r.integration_id = i.integration_id and r.number = i.opened_number
    where i.district_id = ${district} and i.code = 'class-ambiguous' and i.external_id = 'new-a'`;
  const answer = (classroomId: string) => decideIssueClass(services, scope(), issue?.id ?? "", issue?.seq ?? 0, { classroomId, reason });
  await expect(answer("none")).rejects.toMatchObject({ code: "invalid" });
  expect(await answer(old)).toBe(integration);
  expect((await listDecidedClasses(services, scope())).rows).toMatchObject([
    { externalId: "new-a", classroomId: old, classroomName: "Class a", verdict: "same", reason, decidedByName: null },
  ]);
  const applied = await execute(await applyDecisions(services, scope(), integration), { rows: {} });
  expect(applied.state).toBe("succeeded");
  const now = (await classrooms()).filter(({ name }) => name === "Class a");
  expect(now.find(({ id }) => id === old)).toMatchObject({ learners: 2 });
  expect(now).toHaveLength(2);
  expect((await sync(both)).changeCount).toBe(0);

  // Taken back, it stays as it is; said otherwise, it is a class of its own.
  await takeBackClass(services, scope(), integration, { externalId: "new-a", classroomId: old });
  expect((await sync(both)).changeCount).toBe(0);
  await another("new-a", old);
  const apart = await sync(both);
  expect(apart.totals).toMatchObject({ classroom: { created: 1, deactivated: 1 } });
  expect((await classrooms()).map(({ id }) => id)).not.toContain(old);
  expect((await sync(both)).changeCount).toBe(0);
});

test("of a class that another SIS has, the decision is followed, and the other's stays", async () => {
  integration = await newIntegration(db, district, safetyOff);
  const other = await newIntegration(db, district, safetyOff);
  await sync(sis("x-"), other);
  const before = await classrooms();
  await another("y-a", await idOf("Class a"));
  const run = await sync(sis("y-"));
  expect(run.totals).toMatchObject({ classroom: { created: 1, deactivated: 0, linked: 2 } });
  expect((await classrooms()).filter(({ id }) => before.some((one) => one.id === id))).toEqual(before);
});

test("nobody is led to a class that another id has, that was archived by hand or that is none", async () => {
  integration = await newIntegration(db, district, safetyOff);
  await sync(sis("x-"));
  const [a, b] = [await idOf("Class a"), await idOf("Class b")];
  await expect(same("x-a", b)).rejects.toMatchObject({ code: "precondition", message: expect.stringContaining("x-b") });
  await expect(same("x-a", integration)).rejects.toMatchObject({ code: "precondition" });
  await expect(
    decideClass(services, scope(), district, { externalId: "x-a", classroomId: b, verdict: "another", reason }),
  ).rejects.toMatchObject({ code: "not-found" });
  await expect(takeBackClass(services, scope(), integration, { externalId: "x-a", classroomId: a })).rejects.toMatchObject({
    code: "not-found",
  });
});
