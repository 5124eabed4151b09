import type { z } from "zod";

/**
 * What is wrong with a value, where its schema has no words of its own: in ours, never in the parser's. For the `error` of `safeParse`, which
 * counts only there. Free of Node, so that forms use it too.
 */
export function inOurWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined || issue.input === null || issue.input === ""
        ? "Missing"
        : `Expected ${kinds[issue.expected] ?? "another kind of value"}`;
    case "too_small":
      if (typeof issue.input === "string") return issue.input.trim() === "" ? "Missing" : `Enter at least ${issue.minimum} characters`;
      return `Enter ${issue.minimum} or more`;
    case "too_big":
      return typeof issue.input === "string" ? `Enter at most ${issue.maximum} characters` : `Enter ${issue.maximum} or less`;
    case "invalid_value":
      return `Choose one of ${issue.values.map(String).join(", ")}`;
    case "unrecognized_keys":
      return `Aivo does not know ${issue.keys.join(", ")}; leave it out`;
    case "not_multiple_of":
      return "Enter a whole number";
    default:
      return "This is not written in a way that Aivo can read";
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "yes or no",
  array: "a list",
  object: "several named values",
  record: "several named values",
  date: "a date",
};
