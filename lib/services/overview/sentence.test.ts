import { expect, test } from "vitest";
import type { Standing, StandingIntegration } from "./schema.ts";
import { asOfWords, sentenceOf } from "./sentence.ts";
import type { SentenceFacts } from "./sentence-schema.ts";

const now = "2026-11-18T16:00:00Z";
const timezone = "America/Chicago";
const sis: StandingIntegration = {
  id: "sis",
  name: "Cedar Falls SIS",
  asOf: "2026-11-18T08:00:00Z",
  isSyncing: false,
  failedNights: 0,
  failedRunId: null,
  heldRunId: null,
  withheld: 0,
  paused: null,
};
const clever: StandingIntegration = { ...sis, id: "clever", name: "Clever" };
const well: Standing = { matching: 1453, still: 0, needHelp: 0 };

function said(used: readonly StandingIntegration[], standing: Partial<Standing> = {}, more: Partial<SentenceFacts> = {}): string {
  const { holds, open } = sentenceOf({ used, standing: { ...well, ...standing }, now, timezone, ...more });
  return `${holds} ${open.map(({ text }) => text).join("; ")}.`;
}
const afterwards = (used: readonly StandingIntegration[]) => said(used).replace(/^.*? AM\. /, "");

test("where all is well nobody needs help", () => {
  expect(said([sis])).toBe("1,453 learners match your SIS as of 2:00 AM. Nobody needs help.");
  expect(said([sis], { matching: 1 })).toBe("1 learner matches your SIS as of 2:00 AM. Nobody needs help.");
  expect(said([sis], { matching: 0 })).toBe("No learners match your SIS as of 2:00 AM. Nobody needs help.");
});

test("who left and can still sign in comes before who needs help", () => {
  expect(said([sis], { still: 9, needHelp: 6 })).toContain("9 who left can still sign in; 6 more need help.");
  expect(said([sis], { still: 1 })).toContain("1 who left can still sign in.");
  expect(said([sis], { needHelp: 1 })).toContain("1 person needs help.");
  expect(said([sis], { needHelp: 6 })).toContain("6 people need help.");
  const parts = sentenceOf({ used: [sis], standing: { ...well, still: 9, needHelp: 6 }, now, timezone }).open;
  expect(parts).toMatchObject([{ isHarm: true, target: { to: "still" } }, { target: { to: "help" } }]);
});

test("what is wrong with the export alone is said too", () => {
  expect(said([sis], {}, { openCauses: 2 })).toContain("AM. 2 things in the SIS need a look.");
  expect(said([sis], { needHelp: 1 }, { openCauses: 2 })).toContain("AM. 1 person needs help.");
});

test("what cannot be vouched for is not said", () => {
  expect(said([sis], { matching: null, needHelp: null })).toBe(
    "Too much is open to say how many learners match your SIS; it was read at 2:00 AM. More people need help than can be counted.",
  );
});

test("before the first sync it says how far that is", () => {
  const fresh = { ...sis, asOf: null };
  const holds = (used: readonly StandingIntegration[]) => sentenceOf({ used, standing: well, now, timezone }).holds;
  expect(holds([])).toBe("Nothing has been synced yet.");
  expect(holds([{ ...fresh, isSyncing: true }])).toBe("The first sync is under way.");
  expect(said([{ ...fresh, failedNights: 2, failedRunId: "r" }])).toBe(
    "No sync has got through yet. Every sync of the last 2 nights failed.",
  );
  expect(said([{ ...fresh, heldRunId: "r" }])).toBe(
    "The first sync is planned, and nothing is changed yet. A sync waits for your decision.",
  );
});

test("what integrations ask for is said with their names where there are several", () => {
  const failing = { ...sis, failedNights: 3, failedRunId: "r", asOf: "2026-11-15T08:00:00Z" };
  expect(said([failing])).toBe("1,453 learners match your SIS as of Nov 15, 2026, 2:00 AM. Every sync of the last 3 nights failed.");
  expect(afterwards([failing, clever])).toBe("Cedar Falls SIS has failed for 3 nights.");
  expect(afterwards([{ ...failing, failedNights: 1 }])).toBe("The last sync failed.");
  expect(afterwards([{ ...failing, isSyncing: true }])).toBe("Nobody needs help.");
  expect(afterwards([{ ...sis, heldRunId: "r" }])).toBe("A sync waits for your decision.");
  expect(afterwards([{ ...sis, withheld: 12 }, clever])).toBe("12 records of Cedar Falls SIS wait for your decision.");
  expect(said([{ ...sis, heldRunId: "r" }], {}, { mayDecide: false })).toContain("AM. A sync waits for a decision.");
  expect(said([{ ...sis, withheld: 12 }], {}, { mayDecide: false })).toContain("AM. 12 records wait for a decision.");
  expect(afterwards([{ ...sis, paused: { undoneNumber: null } }])).toBe("Syncing is paused.");
  expect(afterwards([{ ...sis, paused: { undoneNumber: 12 } }, clever])).toBe("Cedar Falls SIS is paused, since Sync 12 was taken back.");
});

test("several SISs are as of the one that was read longest ago", () => {
  expect(said([{ ...clever, asOf: "2026-11-17T08:00:00Z" }, sis])).toContain("as of yesterday, 2:00 AM.");
  expect(asOfWords("2026-11-17T08:00:00Z", "2026-11-18T05:30:00Z", timezone)).toBe("2:00 AM");
});
