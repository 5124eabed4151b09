import { z } from "zod";
import { roleFamilies } from "#lib/roster/role-words.ts";

/** Free of Node: the form in the browser imports this file. What it sends is text. */

const spoken = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);
/** One text is a list with commas between. */
const listed = (value: unknown) =>
  typeof value === "string"
    ? value
        .split(/[,\n]/)
        .map((one) => one.trim())
        .filter(Boolean)
    : value;
const numeric = (value: unknown) => (typeof value === "string" && value.trim() !== "" ? Number(value) : value);

const most = 100;
const ownWord = z
  .string()
  .trim()
  .max(100, "A word has at most 100 characters")
  .regex(/^ext:[a-z0-9._-]+$/i, {
    error: ({ input }) =>
      `${JSON.stringify(input)} is none: a word of the SIS's own begins with ext: and has letters, digits, dots, - and _`,
  })
  .transform((word) => `ext:${word.slice(4)}`);
const words = <Meaning extends string>(meanings: readonly [Meaning, ...Meaning[]]) =>
  z
    .record(ownWord, z.enum(meanings, { error: `A word means one of ${meanings.join(", ")}` }), {
      error: (issue) => (issue.code === "invalid_key" ? issue.issues[0]?.message : "Each word has its meaning"),
    })
    .refine((given) => Object.keys(given).length <= most, `At most ${most} words`);

export const enrollmentMeanings = ["student", "teacher"] as const;

/** Some of an integration's reading rules; what is not said stays as it is. */
export const ReadingRulesPatch = z
  .strictObject({
    preferredNames: z.preprocess(spoken, z.boolean({ error: "yes or no" })),
    personKeys: z.preprocess(
      listed,
      z
        .array(z.string().trim().min(1, "A type has a name").max(100, "A type has at most 100 characters"), { error: "A list of types" })
        .max(20, "At most 20 types"),
    ),
    roleWords: words(roleFamilies as unknown as readonly [(typeof roleFamilies)[number], ...(typeof roleFamilies)[number][]]),
    orgTypes: z.preprocess(listed, z.array(ownWord, { error: "A list of words" }).max(most, `At most ${most} words`)),
    enrollmentRoles: words(enrollmentMeanings),
    graceDays: z.preprocess(
      numeric,
      z.number({ error: "Enter a number" }).int("Enter a whole number of days").min(0, "Between 0 and 365").max(365, "Between 0 and 365"),
    ),
  })
  .partial();
export type ReadingRulesPatch = z.infer<typeof ReadingRulesPatch>;
