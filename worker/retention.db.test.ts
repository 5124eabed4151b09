import { afterAll, expect, test, vi } from "vitest";
import { makePartitions, partitionName, partitionsOf, runChangesByMonth, startOfMonth } from "#lib/platform/db/partitions.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { workRetention } from "./retention.ts";

const { services, close } = await testServices({ variables: { AIVO_HISTORY_MONTHS: "12" } });
afterAll(close);
const { db } = services;

test("a month that is past the period goes once no sync is in the way: until then the job fails, so that the queue tries again", async () => {
  const districtId = await newDistrict(db);
  await db.sql`
    insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason)
    select ${districtId}, uuidv7(interval '-14 months'), 'learner', 'created', uuidv7(), 'a-name', 'new in the SIS' from generate_series(1, 4)`;
  await makePartitions(db, runChangesByMonth, new Date());
  const [clock] = await db.sql<{ ms: number }[]>`select extract(epoch from now() - interval '14 months')::float8 * 1000 as ms`;
  const name = partitionName(runChangesByMonth, startOfMonth(new Date(clock?.ms ?? 0)));
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await db.sql.begin(async (writer) => {
      await writer`
        insert into run_changes (district_id, run_id, entity, action, record_id, reason)
        values (${districtId}, uuidv7(), 'learner', 'created', uuidv7(), 'new in the SIS')`;
      await expect(workRetention(services)).rejects.toMatchObject({ errors: [expect.objectContaining({ code: "conflict" })] });
    });
    expect((await db.sql`select count(*)::int as rows from ${db.sql(name)}`)[0]?.rows).toBe(4);
    expect(written).not.toHaveBeenCalled();
    await workRetention(services);
    const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(lines).toEqual([{ level: "info", at: expect.any(String), event: "history-dropped", partition: name, keptMonths: 12 }]);
  } finally {
    written.mockRestore();
  }
  expect((await partitionsOf(db.sql, runChangesByMonth)).map((partition) => partition.name)).not.toContain(name);
  expect(await db.sql`select from run_changes where district_id = ${districtId}`).toHaveLength(1);
});
