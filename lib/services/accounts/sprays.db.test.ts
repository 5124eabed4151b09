import { afterAll, expect, test } from "vitest";
import { testServices } from "#lib/services/testing/services.ts";
import { signIn } from "./sign-in.ts";
import { forgetOldSprays, sprayLimits, tellSprays } from "./sprays.ts";
import { newAdmin, password as right } from "./testing/factors.ts";

const { services, close } = await testServices();
afterAll(close);

let places = 0;
/** An address of its own, so that no test shares a window with another. */
const newPlace = () => `203.0.113.${++places}`;
let words = 0;
const anyPassword = () =>
  `${["amber", "birch", "cedar", "delta", "ember"][++words % 5]}${String.fromCharCode(97 + (words % 26), 97 + (Math.floor(words / 26) % 26))} lane`;

const tryAs = (email: string, address: string, password = anyPassword()) => signIn(services, { email, password, address });

/** As if so many others had been tried from there, or with that password, a moment ago. */
async function others(pattern: keyof typeof sprayLimits, districtId: string, count: number) {
  await services.db.sql`
    update sign_in_sprays set tried = tried || array(select 'other ' || i from generate_series(1, ${count}) i)
    where pattern = ${pattern} and districts @> array[${districtId}]::uuid[]`;
}

const entriesOf = (districtId: string) => services.db.sql<{ details: object; actorKind: string }[]>`
  select details, actor_kind as "actorKind" from audit_entries where district_id = ${districtId} and action = 'sign-in-spray-seen' order by seq`;
const incidentsOf = (districtId: string) => services.db.sql<{ isOpen: boolean }[]>`
  select closed_at is null as "isOpen" from incidents where district_id = ${districtId} and kind = 'sign-in-spray'`;
const tell = async (districtId: string) => (await tellSprays(services)).filter((one) => one.districtId === districtId);

test("many accounts from one address are told once a window, to the districts that they are of and to no other", async () => {
  const [mine, alsoMine, theirs] = [await newAdmin(services), await newAdmin(services), await newAdmin(services)];
  const place = newPlace();
  for (const { email } of [mine, alsoMine]) await tryAs(email, place);
  await others("accounts", mine.scope.districtId, sprayLimits.accounts - 3);
  expect(await tell(mine.scope.districtId)).toEqual([]);
  await tryAs("nobody@nowhere.example", place);
  expect(await tell(mine.scope.districtId)).toEqual([{ districtId: mine.scope.districtId, pattern: "accounts", isNew: true }]);
  // However long it goes on, from however many addresses.
  for (const from of [place, newPlace()]) {
    await tryAs(mine.email, from);
    await others("accounts", mine.scope.districtId, sprayLimits.accounts);
    await tellSprays(services);
  }
  expect(await entriesOf(mine.scope.districtId)).toEqual([
    { actorKind: "worker", details: { pattern: "accounts", atLeast: sprayLimits.accounts, minutes: sprayLimits.windowMinutes } },
  ]);
  expect(await entriesOf(alsoMine.scope.districtId)).toHaveLength(1);
  expect(await entriesOf(theirs.scope.districtId)).toEqual([]);
  const mails = await services.db.sql<{ recipient: string }[]>`
    select d.recipient_id as recipient from deliveries d join notices n on n.district_id = d.district_id and n.id = d.notice_id
    where d.district_id = ${mine.scope.districtId} and n.kind = 'sign-in-spray'`;
  expect(mails).toEqual([{ recipient: mine.id }]);
  expect(await incidentsOf(mine.scope.districtId)).toEqual([{ isOpen: true }]);
});

test("one password at many accounts is seen from however many addresses, also with other digits and signs", async () => {
  const { scope, email } = await newAdmin(services);
  const [first] = await services.db.sql<{ districtId: string }[]>`select id as "districtId" from districts where id = ${scope.districtId}`;
  await tryAs(email, newPlace(), "Quokka2026!");
  for (let each = 1; each < sprayLimits.password; each++) await tryAs(`person${each}@nowhere.example`, newPlace(), `quokka-${2020 + each}`);
  expect(await tell(first?.districtId ?? "")).toEqual([{ districtId: scope.districtId, pattern: "password", isNew: true }]);
  // Neither a password nor an address can be read from what is kept.
  const kept = JSON.stringify(await services.db.sql`select * from sign_in_sprays`);
  expect(kept.toLowerCase()).not.toMatch(/quokka|nowhere|203\.0\.113/);
});

test("addresses that nobody has are told to the district whose domain they have", async () => {
  const { scope } = await newAdmin(services);
  await services.db.sql`insert into identity_domains (district_id, domain) values (${scope.districtId}, 'cedar-falls.example')`;
  const place = newPlace();
  for (let each = 0; each < 7; each++) await tryAs(`guess${each}@cedar-falls.example`, place);
  await others("unknown", scope.districtId, sprayLimits.unknown - 8);
  expect(await tell(scope.districtId)).toEqual([]);
  await tryAs("another@cedar-falls.example", place);
  expect(await tell(scope.districtId)).toEqual([{ districtId: scope.districtId, pattern: "unknown", isNew: true }]);
});

test("a school where many mistype and then get in is none, nor is somebody who tries again and again", async () => {
  const people = await Promise.all(Array.from({ length: 3 }, () => newAdmin(services)));
  const place = newPlace();
  const [first] = people;
  for (const { email } of people) await tryAs(email, place);
  await others("accounts", first?.scope.districtId ?? "", sprayLimits.accounts - 3);
  for (const { email } of people.slice(0, 2)) expect((await tryAs(email, place, right)).ok).toBe(true);
  for (let time = 0; time < 5; time++) await tryAs(people[2]?.email ?? "", place);
  expect(await tell(first?.scope.districtId ?? "")).toEqual([]);
});

test("it is over after an hour without another one, and admins hear of that; then its traces go", async () => {
  const { scope, email } = await newAdmin(services);
  const place = newPlace();
  await tryAs(email, place);
  await others("accounts", scope.districtId, sprayLimits.accounts);
  expect(await tell(scope.districtId)).toHaveLength(1);
  await services.db.sql`update act_rates set window_started_at = now() - interval '61 minutes' where district_id = ${scope.districtId}`;
  await services.db.sql`update sign_in_sprays set window_started_at = now() - interval '61 minutes'`;
  await tellSprays(services);
  expect(await incidentsOf(scope.districtId)).toEqual([{ isOpen: false }]);
  const phases = await services.db.sql<{ phase: string }[]>`
    select phase from notices where district_id = ${scope.districtId} and kind = 'sign-in-spray' order by created_at`;
  expect(phases.map(({ phase }) => phase)).toEqual(["opened", "over"]);
  // A new window is a new entry.
  await tryAs(email, place);
  await others("accounts", scope.districtId, sprayLimits.accounts);
  await tellSprays(services);
  expect(await entriesOf(scope.districtId)).toHaveLength(2);
  await services.db.sql`update sign_in_sprays set window_started_at = now() - interval '25 hours'`;
  await forgetOldSprays(services);
  expect(await services.db.sql`select from sign_in_sprays`).toHaveLength(0);
});

test("two workers at once tell it once", async () => {
  const { scope, email } = await newAdmin(services);
  await tryAs(email, newPlace());
  await others("accounts", scope.districtId, sprayLimits.accounts);
  const told = (await Promise.all([tellSprays(services), tellSprays(services)]))
    .flat()
    .filter(({ districtId }) => districtId === scope.districtId);
  expect(told).toHaveLength(1);
  expect(await entriesOf(scope.districtId)).toHaveLength(1);
});
