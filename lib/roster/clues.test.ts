import { expect, test } from "vitest";
import { cluesOf } from "./clues.ts";

const of = (collection: Parameters<typeof cluesOf>[0], fields: Record<string, string>) =>
  cluesOf(collection, { place: { part: "file", position: 2 }, fields });

test("a person is known by number, by address, and by name at a school", () => {
  const fields = { role: "student", identifier: " 12 ", email: "A@x.example", givenName: "Ann", familyName: "Li", orgSourcedIds: "s1,s2" };
  expect(of("users", fields)).toEqual(["number 12@", "email a@x.example@", "name Ann Li@s1", "name Ann Li@s2"]);
  expect(of("users", { givenName: "Ann", familyName: "Li" })).toEqual(["name Ann Li@"]);
  expect(of("users", { familyName: "Li", orgSourcedIds: "s1" })).toEqual(["family Li@s1"]);
  expect(of("users", { userIds: "{studentNumber:7}" })).toEqual(["number 7@"]);
});

test("a row that names nobody may be anybody of its role and school; a blank or withdrawn one, or a parent, is nobody", () => {
  expect(of("users", { role: "student", orgSourcedIds: "s1" })).toEqual(["learner@s1"]);
  expect(of("users", { grades: "03" })).toEqual(["anybody@"]);
  expect(of("users", { role: "parent" })).toEqual([]);
  expect(of("users", { sourcedId: " ", role: "", email: "\u200b" })).toEqual([]);
  expect(of("users", { status: "tobedeleted", identifier: "12" })).toEqual([]);
});

test("classes, schools, courses and sessions are known by number or code and name, enrollments by class and person", () => {
  expect(of("classes", { title: "Algebra", classCode: "A1", schoolSourcedId: "s1" })).toEqual(["number A1@", "name Algebra@s1"]);
  expect(of("orgs", { name: "North", identifier: "1" })).toEqual(["number 1@", "name North@"]);
  expect(of("courses", { title: "Algebra" })).toEqual(["name Algebra@"]);
  expect(of("academicSessions", { type: "term" })).toEqual(["anybody@"]);
  expect(of("enrollments", { classSourcedId: "c1", userSourcedId: "p1" })).toEqual(["class c1 person p1@"]);
  expect(of("enrollments", { userSourcedId: "p1" })).toEqual(["person p1@"]);
});
