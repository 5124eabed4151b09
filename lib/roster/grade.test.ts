import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradeCodes, gradesBetween, normaliseGrade, readGrades, sortGrades } from "./grade.ts";

describe("gradesBetween", () => {
  it.each([
    ["Kindergarten", "5", ["KG", "01", "02", "03", "04", "05"]],
    ["PreKindergarten", "1", ["PK", "KG", "01"]],
    ["TransitionalKindergarten", "1", ["TK", "KG", "01"]],
    ["9", "12", ["09", "10", "11", "12"]],
    ["12", "12", ["12"]],
    ["7", "", ["7"]],
    ["", "8", ["8"]],
    ["", "", []],
    ["Other", "5", ["Other", "5"]],
    ["8", "6", ["8", "6"]],
    ["Jedi", "6", ["Jedi", "6"]],
  ])("%s to %s", (low, high, grades) => {
    expect(gradesBetween(low, high)).toEqual(grades);
  });
});

describe("normaliseGrade", () => {
  it.each([
    ["3", "03"],
    ["03", "03"],
    ["Grade 3", "03"],
    ["3rd", "03"],
    ["3rd Grade", "03"],
    ["Gr. 3", "03"],
    ["GR 03", "03"],
    ["Grade-3", "03"],
    ["Third Grade", "03"],
    ["grade three", "03"],
    ["3.0", "03"],
    ["G3", "03"],
    ["Grade Level 3", "03"],
    [" 3\u00A0", "03"],
    ["\uFEFF3", "03"],
    ["K", "KG"],
    ["KG", "KG"],
    ["Kindergarten", "KG"],
    ["kinder", "KG"],
    ["0", "KG"],
    ["00", "KG"],
    ["-1", "PK"],
    ["−1", "PK"],
    ["PK", "PK"],
    ["Pre-K", "PK"],
    ["pre k", "PK"],
    ["Pre-Kindergarten", "PK"],
    ["PreKindergarten", "PK"],
    ["PK4", "PK"],
    ["12", "12"],
    ["12th grade", "12"],
    ["Senior", "12"],
    ["1st", "01"],
    ["11th", "11"],
    ["13", "13"],
    ["TransitionalKindergarten", "TK"],
    ["InfantToddler", "IT"],
    ["Infant/Toddler", "IT"],
    ["Preschool", "PR"],
    ["PostGraduate", "PS"],
    ["Ungraded", "UG"],
    ["OTHER", "Other"],
  ])("%j is %s", (text, code) => expect(normaliseGrade(text)).toBe(code));

  it.each([
    "",
    " ",
    "14",
    "-2",
    "-3",
    "3.5",
    "1.0.0",
    "K-5",
    "PK-3",
    "PK-12",
    "9-12",
    "9 10",
    "1 0",
    "1.2",
    "1_2",
    "9/10",
    "03,04",
    "3st",
    "003",
    "1e1",
    "Year 7",
    "n/a",
    "grade",
    "constructor",
    "３",
    "3".repeat(100_000),
  ])("%j is not guessed", (text) => expect(normaliseGrade(text)).toBeNull());

  it("keeps every code, in any letter case and padding", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...gradeCodes),
        fc.mixedCase(fc.constantFrom(...gradeCodes)),
        fc.constantFrom("", " ", "\u200B"),
        (code, mixed, padding) => {
          expect(normaliseGrade(code)).toBe(code);
          expect(normaliseGrade(padding + mixed + padding)?.toLowerCase()).toBe(mixed.toLowerCase());
        },
      ),
    );
  });
});

describe("lists of grades", () => {
  it("are sorted as children grow up", () => {
    expect(sortGrades(["10", "Other", "KG", "09", "PK", "KG"])).toEqual(["PK", "KG", "09", "10", "Other"]);
    expect(sortGrades([])).toEqual([]);
  });

  it("say what could not be read", () => {
    expect(readGrades(["9,10;11", "K", "K-5", "", "k"])).toEqual({ grades: ["09", "10", "11", "KG"], unread: ["K-5"] });
  });
});
