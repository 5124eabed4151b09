import type { z } from "zod";
import { ServiceError } from "#lib/platform/errors.ts";
import { inOurWords } from "#lib/platform/format/issue-words.ts";

/**
 * What came in from outside, parsed; `summary` begins the message.
 * @throws ServiceError `invalid` with a message for each field, by its name (nested ones joined by dots)
 */
export function parseOrRefuse<T>(schema: z.ZodType<T>, input: unknown, summary: string): T {
  const parsed = schema.safeParse(input, { error: inOurWords });
  if (parsed.success) return parsed.data;
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) fields[issue.path.join(".")] ??= issue.message;
  const each = Object.entries(fields).map(([field, message]) => (field === "" ? message : `${field}: ${message}`));
  throw new ServiceError("invalid", `${summary} ${each.join("; ").replace(/\.$/, "")}.`, fields);
}
