import { afterAll, expect, test } from "vitest";
import { openIncident } from "#lib/engine/notices/incidents.ts";
import { localDay, nextRuns } from "#lib/engine/schedule/occurrences.ts";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { createDistrict, updateDistrict } from "#lib/services/districts/write.ts";
import { deliverDue } from "#lib/services/testing/deliveries.ts";
import { openMailbox } from "#lib/services/testing/mailbox.ts";
import { testServices } from "#lib/services/testing/services.ts";
import { writeDigests } from "./digest.ts";
import { chooseNotices } from "./write.ts";

const mailbox = await openMailbox();
const { services, close } = await testServices({ variables: { AIVO_SMTP_URL: mailbox.url, AIVO_MAIL_FROM: "aivo@example.org" } });
const { sql } = services.db;
afterAll(async () => {
  await close();
  await mailbox.close();
});

async function district(timezone = "America/Chicago") {
  const { id: districtId } = await createDistrict(services, { name: "Lakeside", timezone });
  const scope = operatorScope(districtId);
  const email = `ann-${districtId}@example.org`;
  const { id: adminId } = await createAdmin(services, scope, { givenName: "Ann", familyName: "Admin", email });
  await writeDigests(services);
  const due = () => sql`update districts set next_digest_at = now() where id = ${districtId}`;
  return { districtId, scope, email, adminId, due };
}

const people = (count: number) => ({
  rows: {
    orgs: [{ sourcedId: "s1", name: "Birch", type: "school" }],
    users: Array.from({ length: count }, (_, n) => ({
      sourcedId: `u${n}`,
      role: "student",
      givenName: "Zephyrine",
      familyName: `Quill${n}`,
      email: `zephyrine${n}@example.org`,
      orgSourcedIds: "s1",
      enabledUser: "true",
    })),
  },
});

test("the digest tells each integration's week in numbers, what is open and what comes next; nobody's name", async () => {
  const { districtId, scope, email, due } = await district();
  const id = await newIntegration(services.db, districtId);
  await newIntegration(services.db, districtId);
  await syncOnce(services.db, districtId, id, people(5));
  await syncOnce(services.db, districtId, id, people(3));
  const [failed] = [await syncOnce(services.db, districtId, id, people(3))];
  await sql`update sync_runs set state = 'failed' where id = ${failed.id}`;
  await sql`update sync_runs set finished_at = now() - interval '2 days' where district_id = ${districtId}`;
  await withDistrict(services.db, scope, (tx) =>
    openIncident(tx, { kind: "held", integrationId: id, runId: null, details: { changes: 7, deactivated: 5 } }),
  );
  await deliverDue(services);
  mailbox.mails.length = 0;
  await due();
  expect(await writeDigests(services)).toBe(1);
  expect(await writeDigests(services)).toBe(0);
  expect(await deliverDue(services)).toEqual(["sent"]);
  const [mail] = mailbox.to(email);
  expect(mail?.subject).toMatch(/^The week of syncs, .*: 1 thing waits$/);
  expect(mail?.body).toContain("Test SIS: 3 syncs, 1 failed; 6 records created, 2 deactivated. It has no schedule.");
  expect(mail?.body).toContain("Test SIS: a sync waits for your review");
  // The other integration was never used.
  expect(mail?.body.split("text/html")[0]?.match(/^Test SIS: (\d+|no) syncs?[,;]/gm)).toHaveLength(1);
  expect(mail?.body).not.toMatch(/zephyrine|quill/i);
});

test("it comes on Mondays at seven of the district, once however many workers look, and not where nothing was synced", async () => {
  const { districtId, scope, due } = await district("Asia/Kathmandu");
  const next = async () => {
    const [row] = await sql<{ at: string }[]>`select next_digest_at as at from districts where id = ${districtId}`;
    return row?.at ? new Date(row.at) : null;
  };
  const expected = (zone: string) => nextRuns("0 7 * * 1", zone, new Date(), 1)[0];
  expect(await next()).toEqual(expected("Asia/Kathmandu"));
  await updateDistrict(services, scope, { timezone: "America/Chicago" });
  await writeDigests(services);
  expect(await next()).toEqual(expected("America/Chicago"));
  await due();
  expect(await writeDigests(services)).toBe(0);
  const id = await newIntegration(services.db, districtId);
  await syncOnce(services.db, districtId, id, people(1));
  await due();
  const written = await Promise.all([1, 2, 3, 4].map(() => writeDigests(services)));
  expect(written.reduce((sum, one) => sum + one)).toBe(1);
  expect(localDay("America/Chicago", (await next()) ?? new Date())).toBe(
    localDay("America/Chicago", expected("America/Chicago") ?? new Date()),
  );
});

test("an admin who does not want it gets none", async () => {
  const { districtId, scope, adminId, due } = await district();
  const id = await newIntegration(services.db, districtId);
  await syncOnce(services.db, districtId, id, people(1));
  await chooseNotices(services, scope, adminId, { digest: false });
  await deliverDue(services);
  await due();
  expect(await writeDigests(services)).toBe(1);
  expect(await deliverDue(services)).toEqual([]);
});
