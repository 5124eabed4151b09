import { expect, test } from "vitest";
import { type ClassFacts, classSentence, type SchoolFacts, schoolSentence } from "./place-sentences.ts";

const chemistry: ClassFacts = {
  status: "active",
  deactivatedBy: null,
  decidedBy: null,
  when: "now",
  beginsOn: "2026-08-17",
  endsOn: "2026-12-18",
  learners: 28,
  teachers: 1,
  missing: 0,
  sis: "has",
  sisName: "Cedar Falls SIS",
  waits: null,
};
const ofClass = (facts: Partial<ClassFacts>) => {
  const { text, clauses } = classSentence({ ...chemistry, ...facts });
  return [text, ...clauses.map((one) => one.text)].join(" ");
};

test.each<[string, Partial<ClassFacts>]>([
  ["28 learners and 1 teacher.", {}],
  ["28 learners and 1 teacher. 2 enrollments did not come through.", { missing: 2 }],
  ["1 learner and no teacher.", { learners: 1, teachers: 0 }],
  ["Begins Aug 17, 2026, with 28 learners and 1 teacher.", { when: "upcoming" }],
  ["Ended Dec 18, 2026, with 28 learners and 1 teacher.", { when: "ended" }],
  ["Archived by Dana: nobody sees it.", { status: "deactivated", deactivatedBy: "admin", decidedBy: "Dana" }],
  ["No longer in Cedar Falls SIS: nobody sees it.", { status: "deactivated", deactivatedBy: "sync", sis: "gone" }],
  ["28 learners and 1 teacher. Another name waits for an admin.", { waits: "Another name" }],
  ["28 learners and 1 teacher. No SIS has it any more; an admin keeps it.", { sis: "kept" }],
])("%s", (text, facts) => {
  expect(ofClass(facts)).toBe(text);
});

test("a school says how many are in it, and where no SIS speaks for it", () => {
  const facts: SchoolFacts = { status: "active", learners: 1204, teachers: 62, classes: 180, sis: "has", sisName: "Cedar Falls SIS" };
  expect(schoolSentence(facts).text).toBe("1,204 learners and 62 teachers in 180 classes.");
  expect(schoolSentence({ ...facts, sis: "disconnected" }).clauses[0]?.text).toBe(
    "No SIS speaks for it since Cedar Falls SIS was disconnected.",
  );
  expect(schoolSentence({ ...facts, status: "deactivated", learners: 0, teachers: 0 }).text).toBe(
    "No longer in Cedar Falls SIS, with 0 learners and 0 teachers.",
  );
});
