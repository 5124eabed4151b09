import { and, eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { auditEntries } from "#lib/platform/db/schema/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { defaultReadingRules } from "#lib/roster/reading-rules.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { getIntegration } from "./read.ts";
import { setReadingRules } from "./reading-rules.ts";
import { addIntegration, removeIntegration } from "./write.ts";

const { services, close } = await testServices();
afterAll(close);

async function added(version: "1.1" | "1.2" | null, credentials: Record<string, unknown> = someCredentials) {
  const scope = operatorScope(await newDistrict(services.db));
  const provider = "baseUrl" in credentials ? "oneroster-rest" : "oneroster-csv";
  const { id } = await addIntegration(services, scope, { name: "SIS", provider, credentials });
  if (version !== null) await services.db.orm.update(integrations).set({ onerosterVersion: version }).where(eq(integrations.id, id));
  return { scope, id };
}

const stored = async (id: string) => (await services.db.orm.select().from(integrations).where(eq(integrations.id, id)))[0]?.readingRules;
const entries = (id: string) =>
  services.db.orm
    .select({ details: auditEntries.details })
    .from(auditEntries)
    .where(and(eq(auditEntries.targetId, id), eq(auditEntries.action, "integration-changed")));

test("what is given is set and the rest stays, in the audit log with what it was before", async () => {
  const { scope, id } = await added("1.2");
  expect((await getIntegration(services, scope, id)).readingRules).toEqual(defaultReadingRules);
  // As a form sends it.
  await setReadingRules(services, scope, id, { preferredNames: "true", graceDays: "30", personKeys: "studentUniqueId, staffUniqueId," });
  await setReadingRules(services, scope, id, {
    roleWords: { "EXT:coach": "teaching" },
    orgTypes: ["ext:campus"],
    enrollmentRoles: { "ext:helper": "teacher" },
  });
  const rules = {
    preferredNames: true,
    personKeys: ["studentUniqueId", "staffUniqueId"],
    roleWords: { "ext:coach": "teaching" },
    orgTypes: ["ext:campus"],
    enrollmentRoles: { "ext:helper": "teacher" },
    graceDays: 30,
  };
  expect((await getIntegration(services, scope, id)).readingRules).toEqual(rules);
  expect((await entries(id)).at(0)?.details).toEqual({
    fields: ["readingRules"],
    before: defaultReadingRules,
    after: { ...defaultReadingRules, preferredNames: true, graceDays: 30, personKeys: rules.personKeys },
  });
  expect(await setReadingRules(services, scope, id, { graceDays: 30 })).toBe(false);
  expect(await entries(id)).toHaveLength(2);
  await setReadingRules(services, scope, id, { ...defaultReadingRules });
  expect(await stored(id)).toEqual({});
});

test.each<[Record<string, unknown>, string, RegExp?]>([
  [{ graceDays: "366" }, "graceDays"],
  [{ graceDays: "" }, "graceDays"],
  [{ preferredNames: "perhaps" }, "preferredNames"],
  [{ orgTypes: "campus" }, "orgTypes.0"],
  [{ roleWords: { "ext:coach": "boss" } }, "roleWords.ext:coach"],
  [{ roleWords: { coach: "teaching" } }, "roleWords.coach", /"coach" is none: a word of the SIS's own begins with ext:/],
  [{ enrollmentRoles: { "ext:x y": "teacher" } }, "enrollmentRoles.ext:x y"],
])("%o is refused at its field", async (input, field, message = /./) => {
  const { scope, id } = await added("1.2");
  await expect(setReadingRules(services, scope, id, input)).rejects.toMatchObject({
    code: "invalid",
    fields: { [field]: expect.stringMatching(message) },
  });
  await expect(setReadingRules(services, scope, id, { surprise: 1 })).rejects.toMatchObject({ code: "invalid" });
  expect(await stored(id)).toEqual({});
});

test("they are there where 1.2 is spoken: at the last sync, or before the first one at the last test", async () => {
  const rest = { baseUrl: "https://sis.example", clientId: "id", clientSecret: "s" };
  for (const [version, credentials, isLater] of [
    [null, someCredentials, false],
    ["1.1", someCredentials, false],
    [null, { ...someCredentials, learned: { version: "1.2" } }, true],
    [null, { ...rest, learned: { version: "1.2" } }, true],
    [null, { ...rest, learned: { version: "1.1" } }, false],
    [null, { ...rest, version: "1.2" }, true],
    ["1.1", { ...rest, learned: { version: "1.2" } }, false],
  ] as const) {
    const { scope, id } = await added(version, credentials);
    const detail = await getIntegration(services, scope, id);
    expect(detail.readingRules === null).toBe(!isLater);
    expect(detail.onerosterVersion).toBe(isLater ? "1.2" : "learned" in credentials || version !== null ? "1.1" : null);
    const set = setReadingRules(services, scope, id, { preferredNames: true });
    if (isLater) expect(await set).toBe(true);
    else await expect(set).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("OneRoster 1.2") });
  }
});

test("a plan that waits was made by other rules and is discarded", async () => {
  const { scope, id } = await added("1.2");
  const [run] = await services.db.orm
    .insert(syncRuns)
    .values({ districtId: scope.districtId, integrationId: id, trigger: "manual", kind: "preview", state: "previewed" })
    .returning({ id: syncRuns.id });
  await setReadingRules(services, scope, id, { preferredNames: true });
  const [after] = await services.db.orm
    .select({ state: syncRuns.state })
    .from(syncRuns)
    .where(eq(syncRuns.id, run?.id ?? ""));
  expect(after?.state).toBe("discarded");
});

test("nobody sets those of another district, nor of what was disconnected", async () => {
  const { scope, id } = await added("1.2");
  const elsewhere = operatorScope(await newDistrict(services.db));
  await expect(setReadingRules(services, elsewhere, id, { preferredNames: true })).rejects.toMatchObject({ code: "not-found" });
  await expect(setReadingRules(services, scope, "no-uuid", {})).rejects.toMatchObject({ code: "not-found" });
  await removeIntegration(services, scope, id);
  await expect(setReadingRules(services, scope, id, { preferredNames: true })).rejects.toMatchObject({ code: "not-found" });
});
