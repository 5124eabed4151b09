import { expect, test } from "vitest";
import { ordinal, type PersonFacts, personSentence } from "./person-sentence.ts";

const zoe: PersonFacts = {
  name: "Zoë",
  role: "learner",
  status: "active",
  deactivatedBy: null,
  decidedBy: null,
  isBarred: false,
  email: "own",
  sis: "has",
  sisName: "Cedar Falls SIS",
  classes: { now: 6, upcoming: 1, missing: 0 },
  missingBecause: null,
  waits: null,
  edited: [],
};
const said = (facts: Partial<PersonFacts>) => {
  const { text, clauses } = personSentence({ ...zoe, ...facts });
  return [text, ...clauses.map((one) => one.text)].join(" ");
};

test.each<[string, Partial<PersonFacts>]>([
  ["Zoë can sign in and is in 6 classes.", {}],
  ["Tess can sign in and teaches 1 class.", { name: "Tess", role: "teacher", classes: { now: 1, upcoming: 0, missing: 0 } }],
  [
    "Zoë can sign in and is in 6 of 7 classes. The 7th is not in classes.csv.",
    { classes: { now: 6, upcoming: 0, missing: 1 }, missingBecause: "is not in classes.csv" },
  ],
  ["Zoë can sign in and is in 6 of 9 classes. 3 did not come through.", { classes: { now: 6, upcoming: 0, missing: 3 } }],
  ["Zoë can sign in and is in 0 of 1 class. It did not come through.", { classes: { now: 0, upcoming: 0, missing: 1 } }],
  ["Zoë can sign in and is in no class.", { classes: { now: 0, upcoming: 0, missing: 0 } }],
  ["Zoë can sign in and is in no class yet: 3 are upcoming.", { classes: { now: 0, upcoming: 3, missing: 0 } }],
  ["Zoë cannot sign in, barred by Dana Whitfield, and is in 6 classes.", { isBarred: true, decidedBy: "Dana Whitfield" }],
  ["Zoë cannot sign in without an email address and is in 6 classes.", { email: "none" }],
  ["Zoë cannot sign in with a shared email address and is in 6 classes.", { email: "shared" }],
  ["Zoë left Cedar Falls SIS but can still sign in. An admin is asked whether that is so.", { sis: "left" }],
  ["Zoë left Cedar Falls SIS and is still active. An admin is asked whether that is so.", { sis: "left", isBarred: true }],
  ["Zoë left Cedar Falls SIS and cannot sign in.", { status: "deactivated", deactivatedBy: "sync", sis: "gone" }],
  [
    "Zoë was deactivated by Dana Whitfield and cannot sign in. Cedar Falls SIS still has Zoë.",
    { status: "deactivated", deactivatedBy: "admin", decidedBy: "Dana Whitfield" },
  ],
  [
    "Zoë was deactivated by an admin and cannot sign in. No SIS has Zoë any more.",
    { status: "deactivated", deactivatedBy: "admin", sis: "gone" },
  ],
  ["Zoë is out of the scope of Cedar Falls SIS and cannot sign in.", { status: "deactivated", deactivatedBy: "sync", sis: "out-of-scope" }],
  ["Zoë can sign in and is in 6 classes. No SIS speaks for Zoë since Cedar Falls SIS was disconnected.", { sis: "disconnected" }],
  ["Zoë can sign in and is in 6 classes. No SIS has Zoë any more; Dana keeps the account.", { sis: "kept", decidedBy: "Dana" }],
  ["Zoë can sign in and is in 6 classes. The scope of Cedar Falls SIS leaves Zoë out.", { sis: "out-of-scope" }],
  ["Zoë can sign in and is in 6 classes. Added by hand: no SIS knows Zoë.", { sis: "none", sisName: null }],
  ["Zoë can sign in and is in 6 classes. What the SIS says now did not come through; what was there before stays.", { sis: "unread" }],
  ["Zoë can sign in and is in 6 classes. Another grade waits for an admin.", { waits: "Another grade" }],
  ["Zoë can sign in and is in 6 classes. First name is edited.", { edited: ["First name"] }],
  ["Zoë can sign in and is in 6 classes. First name, grade and email are edited.", { edited: ["First name", "Grade", "Email"] }],
  ["Zoë can sign in and is in 6 classes. 4 values are edited.", { edited: ["First name", "Grade", "Email", "Schools"] }],
])("%s", (text, facts) => {
  expect(said(facts)).toBe(text);
});

test("harm is said of who left and can sign in, and what somebody should act on is said before what is merely so", () => {
  expect(personSentence({ ...zoe, sis: "left" }).tone).toBe("harm");
  expect(personSentence({ ...zoe, sis: "left", isBarred: true }).tone).toBe("plain");
  const both = personSentence({ ...zoe, classes: { now: 5, upcoming: 0, missing: 2 }, edited: ["Grade"], sis: "unread" });
  expect(both.clauses.map(({ tone }) => tone)).toEqual(["ask", "ask"]);
  expect([1, 2, 3, 4, 11, 21, 22].map(ordinal)).toEqual(["1st", "2nd", "3rd", "4th", "11th", "21st", "22nd"]);
});
