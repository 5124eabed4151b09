import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareNames } from "./same-name.ts";
import { compareNumbers, type Evidence, isSomebodyElse, type Lead } from "./same-person.ts";

const person = (name: string, email: string | null = null, studentNumber: string | null = null): Evidence => {
  const [givenName = "", familyName = ""] = name.split("|");
  return { givenName, familyName, email, studentNumber };
};
const kai = person("Kai|Okafor", "kai.okafor@x.example", "100");

describe("real life stays quiet", () => {
  test.each([
    ["nothing changed", kai, kai],
    ["marriage, the address following", person("Ada|Smith", "asmith@x.example"), person("Ada|Jones", "ajones2@x.example")],
    ["marriage, the address as it was", person("Ada|Smith", "asmith@x.example"), person("Ada|Jones", "asmith@x.example")],
    ["adoption with another given name", kai, person("Noah|Berg", "noah.berg@x.example", "100")],
    ["another given name", kai, person("Kim|Okafor", "kim.okafor@x.example", "100")],
    ["a nickname", person("William|Ray", "wray@x.example"), person("Bill|Ray", "bill.ray@x.example")],
    ["an accent, an umlaut", person("Jose|Muller", null, "1"), person("José|Müller", null, "1")],
    ["an umlaut spelt out", person("Jörg|Müller"), person("Joerg|Mueller")],
    ["capitals", person("Ann|Li"), person("ANN|LI")],
    ["given and family name exchanged", person("Ann|Li", null, null), person("Li|Ann")],
    ["a middle name", person("Ann Marie|Li", null, "1"), person("Ann|Li", null, "2")],
    ["the line drawn elsewhere", person("Ana|Maria Garcia"), person("Ana Maria|Garcia")],
    ["an initial", person("A.|Li", "a@x.example"), person("Ann|Li", "ann@x.example")],
    ["half of a double name", person("Ann|Garcia-Lopez", null, "1"), person("Ann|Garcia", null, "1")],
    ["an apostrophe", person("Sean|O'Brien", null, "1"), person("Sean|OBrien", null, "2")],
    ["a number newly assigned", person("Kai|Okafor", "k@x.example"), person("Kai|Okafor", "k@x.example", "7")],
    ["another number", kai, { ...kai, studentNumber: "200" }],
    ["another address", kai, { ...kai, email: "b7@x.example" }],
    ["a new domain, and numbers written otherwise", kai, person("KAI|OKAFOR", "kai.okafor@new.example", "00100")],
    ["all names wrong by one row, number and address as they were", kai, person("Zoe|Quist", kai.email, "100")],
    ["everything blank but the name", kai, person("Kai|Okafor")],
    ["the names of one who has one name", person("|Okafor"), person("Kai|Okafor")],
    ["another name, and nothing else known", person("Ada|Smith"), person("Ada|Jones")],
  ])("%s", (_, account, record) => {
    expect(isSomebodyElse(account, record, "id", true)).toBe(false);
  });
});

describe("somebody else", () => {
  test.each([
    ["another child altogether", kai, person("Zoe|Quist", "zoe.quist@x.example", "200")],
    ["another child of whom only the name is known", kai, person("Zoe|Quist")],
    ["another child with its own number", person("Kai|Okafor", null, "100"), person("Zoe|Quist", null, "200")],
    ["a brother with his own number", person("Kai|Okafor", null, "100"), person("Ben|Okafor", null, "200")],
    ["a brother at the family's address", person("Kai|Okafor", "home@x.example", "1"), person("Ben|Okafor", "home@x.example", "2")],
    ["a sister without a number", person("Kai|Okafor", "kai.okafor@x.example"), person("Mia|Okafor", "mia.okafor@x.example")],
    ["number and address moved by one row", kai, person("Kai|Okafor", "zoe.quist@x.example", "200")],
    ["name and address", kai, person("Zoe|Quist", "t9@x.example", "100")],
    ["families that share a particle", person("Ann|Van Dyke", null, "1"), person("Bo|Van Buren", null, "2")],
    ["a teacher", person("Ada|Smith", "asmith@x.example"), person("Ben|Jones", "bjones@x.example")],
  ])("%s", (_, account, record) => {
    expect(isSomebodyElse(account, record, "id", true)).toBe(true);
  });
});

test("an address or a number alone hands no account of the SIS over, but finds the one that an admin made", () => {
  const newcomer = person("Zoe|Quist", kai.email, "200");
  expect(isSomebodyElse(kai, newcomer, "email", true)).toBe(true);
  expect(isSomebodyElse(kai, { ...newcomer, studentNumber: null }, "email", true)).toBe(true);
  expect(isSomebodyElse({ ...kai, email: null }, person("Zoe|Quist", null, "100"), "student-number", true)).toBe(true);
  expect(isSomebodyElse(person("Kai|Okafor", "home@x.example"), person("Ben|Okafor", "home@x.example", "200"), "email", true)).toBe(true);
  expect(isSomebodyElse(kai, person("Kai|Berg", kai.email), "email", true)).toBe(false);
  const manual = person("Learner|17", "l17@x.example");
  expect(isSomebodyElse(manual, person("Zoe|Quist", "l17@x.example", "200"), "email", false)).toBe(false);
  expect(isSomebodyElse({ ...manual, studentNumber: "17" }, person("Zoe|Quist", "l17@x.example", "200"), "email", false)).toBe(true);
});

test("numbers", () => {
  expect(compareNumbers("00123", "123")).toBe("same");
  expect(compareNumbers("S-123", "123")).toBe("same");
  expect(compareNumbers("123.0", "123")).toBe("same");
  expect(compareNumbers("A12", "B12")).toBe("other");
  expect(compareNumbers("", "B12")).toBe("unknown");
  expect(compareNumbers("000", "0")).toBe("same");
});

const word = fc.constantFrom("Ann", "Bo", "Zoë", "O’Neil", "van Dyke", "李", "Garcia-Lopez", "J.", "Łukasz", "", "Maria del Mar");
const optional = (...values: string[]) => fc.constantFrom(null, ...values);
const anybody: fc.Arbitrary<Evidence> = fc.record({
  givenName: fc.oneof(word, fc.string()),
  familyName: fc.oneof(word, fc.string()),
  email: optional("ann@x.example", "bo.garcia@x.example", "a1@y.example"),
  studentNumber: optional("1", "001", "S2", "2"),
});
const lead = fc.constantFrom<Lead>("id", "email", "student-number");

test("a person is never somebody else than themselves, however it is written", () => {
  fc.assert(
    fc.property(anybody, lead, fc.boolean(), (one, led, isFromSis) => {
      const twin = {
        givenName: one.familyName.toUpperCase(),
        familyName: one.givenName.normalize("NFD"),
        email: one.email?.replace(/@.*/, "@new.example") ?? null,
        studentNumber: one.studentNumber === null ? null : `0${one.studentNumber}`,
      };
      expect(isSomebodyElse(one, one, led, isFromSis)).toBe(false);
      if (led === "id") expect(isSomebodyElse(one, twin, led, isFromSis)).toBe(false);
    }),
  );
});

test("a name is compared alike from both sides, and blanks never add doubt to a name that is the same", () => {
  fc.assert(
    fc.property(anybody, anybody, lead, (one, other, led) => {
      expect(compareNames(one, other)).toEqual(compareNames(other, one));
      if (compareNames(one, other).whole === "same") expect(isSomebodyElse(one, { ...other, email: null }, led, true)).toBe(false);
    }),
  );
});
