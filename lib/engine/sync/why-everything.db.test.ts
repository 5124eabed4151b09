import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";

const { db, close } = await testDatabase();
afterAll(close);

const school = (id: string): RawRow => ({ sourcedId: id, name: `School ${id}`, type: "school" });
const sis = (mode: "bulk" | "delta", ...orgs: readonly RawRow[]): SisState => ({
  mode,
  rows: { orgs, academicSessions: [], courses: [], classes: [], users: [], enrollments: [] },
});
const people: SisState["rows"] = {
  classes: [{ sourcedId: "c", title: "Algebra", classType: "scheduled", schoolSourcedId: "a" }],
  users: [{ sourcedId: "u", role: "student", givenName: "Ada", familyName: "Lovelace", orgSourcedIds: "a" }],
};

test("a read of everything is told why, whatever the reason is", async () => {
  const districtId = await newDistrict(db);
  const integrationId = await newIntegration(db, districtId);
  const told: (string | undefined)[] = [];
  const syncWith = (changes: SisState) => {
    const full = sourceOf({ ...sis("bulk", school("a"), school("b")), rows: { ...sis("bulk", school("a"), school("b")).rows, ...people } });
    const source = {
      ...full,
      extract: async (...[context, options]: Parameters<typeof full.extract>) => {
        told.push(options.cursor === null ? options.because : "changes");
        const extraction = await (options.cursor === null ? full : sourceOf(changes)).extract(context, options);
        return { ...extraction, cursor: () => ({ at: "here" }) };
      },
    };
    return syncOnce(db, districtId, integrationId, changes, { source });
  };
  const settle = (set: string) =>
    db.sql.unsafe(`update integrations set cursor = null, ${set} updated_at = statement_timestamp() where id = '${integrationId}'`);

  await syncWith(sis("delta"));
  await syncWith(sis("delta", school("new")));
  await settle("credentials_changed_at = statement_timestamp(),");
  await syncWith(sis("delta"));
  await settle("");
  const last = await syncWith(sis("delta"));
  expect(last.state).toBe("succeeded");
  expect(told).toEqual([
    "no sync of this integration has been applied yet",
    "changes",
    "the credentials were changed since the last sync",
    "the integration was paused or changed since the last sync",
  ]);
});
