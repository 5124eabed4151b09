import { expect, test } from "vitest";
import { auditActions } from "#lib/platform/audit.ts";
import type { AuditRow } from "./schema.ts";
import { sentenceOf } from "./sentences.ts";

const integration = { targetKind: "integration", targetId: "i", targetName: "Cedar Falls SIS" };
const account = { targetKind: "account", targetId: "a", targetName: "Claire Baker", targetRole: "learner" as const };
const run = { targetKind: "run", targetId: "r", targetName: "Cedar Falls SIS", targetNumber: 14 };

const row = (of: Partial<AuditRow>): AuditRow => ({
  seq: 1,
  at: "2026-11-26T08:00:00.000Z",
  actorKind: "account",
  actorId: "d",
  actorName: "Dana Whitfield",
  action: "signed-in",
  targetKind: "district",
  targetId: null,
  targetName: null,
  targetRole: null,
  targetIntegrationId: null,
  targetNumber: null,
  details: {},
  previousHash: "",
  hash: "0".repeat(64),
  ...of,
});

const said = (of: Partial<AuditRow>) => {
  const { actor, does, target, rest } = sentenceOf(row(of));
  return `${actor} ${does}${target === null ? "" : ` ${target}`}${rest}`;
};

test.each<[Partial<AuditRow>, string]>([
  [{ ...account, action: "signed-in" }, "Dana Whitfield signed in"],
  [
    { action: "integration-order-changed", details: { changes: ["People, Email: as all fields → Clever, ClassLink"] } },
    "Dana Whitfield changed which integration's values win: People, Email: as all fields → Clever, ClassLink",
  ],
  [
    { ...integration, action: "integration-changed", details: { fields: ["schedule"], before: "0 2 * * *", after: "0 3 * * *" } },
    "Dana Whitfield changed the schedule of Cedar Falls SIS: daily at 2:00 AM → 3:00 AM",
  ],
  [
    { ...integration, action: "integration-changed", details: { fields: ["schedule"], before: "0 2 * * *", after: null } },
    "Dana Whitfield changed the schedule of Cedar Falls SIS: daily at 2:00 AM → manual only",
  ],
  [
    { ...integration, action: "integration-changed", details: { fields: ["fullReadDays"], before: null, after: 7 } },
    "Dana Whitfield changed Cedar Falls SIS: days between two full reads nothing → 7",
  ],
  [
    {
      ...integration,
      action: "integration-changed",
      details: {
        fields: ["readingRules"],
        before: { preferredNames: false, roleWords: {}, orgTypes: [], graceDays: 90 },
        after: { preferredNames: true, roleWords: { "ext:coach": "teaching" }, orgTypes: ["ext:campus"], graceDays: 90 },
      },
    },
    "Dana Whitfield changed how the records are read of Cedar Falls SIS: people by the names that they prefer no → yes, roles in the SIS's own words nothing → ext:coach as teaching, schools in the SIS's own words nothing → ext:campus",
  ],
  [
    {
      ...integration,
      action: "integration-changed",
      details: {
        fields: ["safety"],
        before: { maxDeactivatedPercent: 10, additionsOnly: false },
        after: { maxDeactivatedPercent: 5, additionsOnly: false },
      },
    },
    "Dana Whitfield changed the limits of Cedar Falls SIS: most that may be deactivated at once, in percent 10 → 5",
  ],
  [
    {
      ...integration,
      actorKind: "worker",
      action: "integration-changed",
      details: { fields: [], secrets: ["token"], because: "renewed-by-the-sis" },
    },
    "Aivo stored a new key that was sent by Cedar Falls SIS",
  ],
  [
    { action: "settings-changed", details: { before: { timezone: "America/Chicago" }, after: { timezone: "America/New_York" } } },
    "Dana Whitfield changed the district's settings: time zone Chicago → New York",
  ],
  [
    { ...account, action: "account-deactivated", details: { reason: "moved away", fields: ["status"] } },
    "Dana Whitfield deactivated Claire Baker: “moved away”",
  ],
  [
    { ...account, action: "account-barred", details: { reason: "lost device" } },
    "Dana Whitfield barred Claire Baker from signing in: “lost device”",
  ],
  [
    { ...account, action: "record-edited", details: { fields: ["given_name", "grade"] } },
    "Dana Whitfield edited Claire Baker: first name, grade",
  ],
  [
    {
      targetKind: "classroom",
      targetName: "Choir",
      action: "record-edited",
      details: { fields: ["name"], before: { name: "Chior" }, after: { name: "Choir" } },
    },
    "Dana Whitfield edited Choir: name Chior → Choir",
  ],
  [
    { ...run, actorKind: "operator", actorName: null, action: "run-requested", details: { kind: "sync", trigger: "command-line" } },
    "The operator asked for Sync 14 of Cedar Falls SIS",
  ],
  [
    { ...run, actorKind: "worker", action: "run-requested", details: { kind: "sync", trigger: "schedule" } },
    "Aivo began on schedule Sync 14 of Cedar Falls SIS",
  ],
  [
    {
      ...run,
      actorKind: "worker",
      action: "run-succeeded",
      details: { totals: { learner: { created: 2, updated: 5, deactivated: 1 }, term: { unchanged: 3 } } },
    },
    "Aivo finished Sync 14 of Cedar Falls SIS: 2 records came, 1 record left, 5 records changed",
  ],
  [{ ...run, actorKind: "worker", action: "run-held" }, "Aivo held Sync 14 of Cedar Falls SIS for a review"],
  [
    { ...integration, action: "withheld-refused", details: { count: 3, previousHash: "", hash: "x", reason: "they stay" } },
    "Dana Whitfield refused 3 withheld changes of Cedar Falls SIS: “they stay”",
  ],
  [
    { ...integration, action: "integration-removed", details: { people: "leave" } },
    "Dana Whitfield disconnected Cedar Falls SIS, its people stay as they are",
  ],
  [
    { action: "blackout-added", details: { firstDay: "2026-12-21", lastDay: "2026-12-31" } },
    "Dana Whitfield added a blackout from Dec 21, 2026 to Dec 31, 2026",
  ],
  [{ action: "roster-exported", details: { list: "learners" } }, "Dana Whitfield downloaded the list of learners"],
  [
    { action: "roster-exported", details: { rows: { "users.csv": 1500, "orgs.csv": 3 } } },
    "Dana Whitfield exported the roster, 1,503 rows",
  ],
  [
    { ...account, actorKind: "anonymous", actorName: null, action: "sign-in-refused", details: { reason: "wrong" } },
    "Somebody not signed in was refused to sign in as Claire Baker: the password was wrong",
  ],
  [{ action: "danced-all-night" }, "Dana Whitfield danced all night the district"],
])("%#: %s", (of, expected) => {
  expect(said(of)).toBe(expected);
});

/** What a program would say: a code, an object, a column. */
const wire = /\b(undefined|null|true|false|NaN)\b|\[object|[{}]|_|\b[a-z]+-[a-z]+-[a-z]+\b/;

test.each(auditActions)("%s is a sentence whatever its details are", (action) => {
  for (const details of [
    {},
    { before: null, after: null, fields: null, reason: 7, count: "many", totals: [], rows: null, accounts: null },
  ]) {
    const sentence = said({ ...account, action, details });
    expect(sentence).toMatch(/^Dana Whitfield [a-z].{3,}/);
    expect(sentence).not.toMatch(wire);
  }
});
