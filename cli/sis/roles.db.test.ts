import { afterAll, expect, test } from "vitest";
import { schools } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const { services, variables, close } = await testServices();
afterAll(close);

const run = (...words: string[]) => sis(variables, "--json", ...words);

test("admins are made with a role and given another; the last district admin keeps theirs", async () => {
  const district = await newDistrict(services.db);
  const [school] = await services.db.orm.insert(schools).values({ districtId: district, name: "North" }).returning({ id: schools.id });
  const create = (email: string, ...more: string[]) => run("admin", "create", "--district", district, "--email", email, ...more);
  const first = (await create("first@lakeside.example")).json;
  const second = (await create("second@lakeside.example", "--role", "school-admin", "--school", school?.id ?? "")).json;
  const list = async () =>
    (await run("account", "list", "--district", district)).json as { id: string; given: string; schoolIds: string[] }[];
  const roleOf = async (id: string) => (await list()).find((one) => one.id === id);
  expect(await roleOf(first.id)).toMatchObject({ given: "admin", schoolIds: [] });
  expect(await roleOf(second.id)).toMatchObject({ given: "school-admin", schoolIds: [school?.id] });

  expect((await create("third@lakeside.example", "--role", "owner")).json.error).toMatchObject({ code: "usage" });
  expect((await create("third@lakeside.example", "--role", "school-admin")).json.error).toMatchObject({ code: "invalid" });
  expect((await run("admin", "role", first.id, "auditor")).json.error).toMatchObject({ code: "precondition" });
  expect((await run("admin", "role", second.id, "auditor")).json).toEqual({ id: second.id, role: "auditor", schools: [] });
  expect(await roleOf(second.id)).toMatchObject({ given: "auditor", schoolIds: [] });
});
