import { z } from "zod";
import {
  type SafetyKey,
  type SafetySetting,
  type SafetySettings,
  safetyKeys,
  safetySettings,
  withDefaults,
} from "#lib/roster/guard/settings.ts";

/** What forms send is text; an empty field is not a nought. */
const numeric = (value: unknown) => (typeof value === "string" && value.trim() !== "" ? Number(value) : value);
const spoken = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);
const fields = {
  percent: z.preprocess(numeric, z.number({ error: "Enter a number" }).min(0, "Between 0 and 100").max(100, "Between 0 and 100")),
  count: z.preprocess(
    numeric,
    z.number({ error: "Enter a number" }).int("Enter a whole number").min(0, "0 or more").max(1_000_000, "Up to 1,000,000"),
  ),
  choice: z.preprocess(spoken, z.boolean({ error: "true or false" })),
} as const satisfies Record<SafetySetting["kind"], z.ZodType>;

const shape = Object.fromEntries(safetyKeys.map((key) => [key, fields[safetySettings[key].kind].optional()])) as {
  readonly [Key in SafetyKey]: z.ZodOptional<(typeof fields)[(typeof safetySettings)[Key]["kind"]]>;
};

/** Some of an integration's safety settings; what is not said stays as it is. */
export const SafetyPatch = z.strictObject(shape, {
  error: (issue) =>
    issue.code === "unrecognized_keys"
      ? `There is no setting ${issue.keys.map((key: string) => `“${key}”`).join(", ")}; the settings are ${safetyKeys.join(", ")}`
      : undefined,
});

/** All of them; what is not said has its default. */
export const Safety = SafetyPatch.transform((given): SafetySettings => withDefaults(said(given)));

/** Without what is undefined, which would hide a default. */
export function said(given: z.infer<typeof SafetyPatch>): Partial<SafetySettings> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
