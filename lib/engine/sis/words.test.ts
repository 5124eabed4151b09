import { describe, expect, test } from "vitest";
import { type IssueCode, issueCodes } from "#lib/roster/issue-codes.ts";
import { issuesOfRoles } from "#lib/roster/issues-of-roles.ts";
import { type ProviderId, providerIds } from "./providers.ts";
import { collectionIn, definitionIn, fieldIn, idFieldOf } from "./words.ts";

const codes = Object.keys(issueCodes) as IssueCode[];

/** Rows and headers are a CSV set's alone. */
const ofFilesOnly: ReadonlySet<string> = new Set(codes.filter((code) => /^(row|header)-/.test(code)));
/** What only OneRoster 1.2 has. */
const ofRolesOnly: ReadonlySet<string> = new Set(Object.keys(issuesOfRoles));
const mayBeTold = (provider: ProviderId, code: IssueCode) =>
  (provider === "oneroster-csv" || !ofFilesOnly.has(code)) && (provider.startsWith("oneroster-") || !ofRolesOnly.has(code));

/** What an admin of the provider has never seen. */
const foreign: Readonly<Record<ProviderId, RegExp>> = {
  "oneroster-csv": /\bClever\b|\bClassLink\b|endpoint/,
  "oneroster-rest": /\bClever\b|\bClassLink\b|\b[Ff]iles?\b|\bCSV\b|\bexport\b|\brows?\b|SourcedIds?\b/,
  classlink: /\bClever\b|\b[Ff]iles?\b|\bCSV\b|\bexport\b|\brows?\b|SourcedIds?\b/,
  clever:
    /\bClassLink\b|OneRoster|sourcedId|SourcedIds?\b|\borgs?\b|academic ?[sS]ession|\b[Ee]nrollments?\b|\b[Ff]iles?\b|\bCSV\b|\bexport\b|\brows?\b|enabledUser/,
};

describe.each(providerIds)("to an admin of %s", (provider) => {
  test.each(codes.filter((code) => mayBeTold(provider, code)))("%s speaks of nothing foreign", (code) => {
    const { title, rule, ruleSource, remedy } = definitionIn(provider, code);
    expect(`${title} ${rule} ${ruleSource} ${remedy}`).not.toMatch(foreign[provider]);
  });
});

test("names are the provider's own", () => {
  expect(fieldIn("clever", "users", "identifier")).toBe("roles.student.student_number");
  expect(fieldIn("clever", "classes", "termSourcedIds")).toBe("term_id");
  expect(fieldIn("oneroster-rest", "classes", "termSourcedIds")).toBe("terms");
  expect(fieldIn("oneroster-csv", "classes", "termSourcedIds")).toBe("termSourcedIds");
  expect(fieldIn("clever", "users", "sourcedId")).toBe(idFieldOf("clever"));
  expect(collectionIn("clever", "classes")).toBe("sections");
  expect(definitionIn("clever", "an-old-code")).toMatchObject({ title: "an-old-code", severity: "notice" });
});
