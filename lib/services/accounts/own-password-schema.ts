import { z } from "zod";
import { passwordMinLength } from "./password-length-schema.ts";

/** Free of Node: forms import this file. */

export const NewPassword = z
  .string({ error: "Enter the new password" })
  .min(passwordMinLength, `A password has at least ${passwordMinLength} characters`)
  .max(200, "A password has at most 200 characters");

const isRepeated = (input: { readonly next: string; readonly repeated: string }) => input.next === input.repeated;
const notRepeated = { path: ["repeated"], error: "This is not the same as the new password" };

/** Choosing a password where signing in, or a link, has said who somebody is. */
export const PasswordChoice = z.object({ next: NewPassword, repeated: z.string() }).refine(isRepeated, notRepeated);
export type PasswordChoice = z.input<typeof PasswordChoice>;

export const PasswordChange = z
  .object({
    current: z
      .string({ error: "Enter your current password" })
      .min(1, "Enter your current password")
      .max(200, "A password has at most 200 characters"),
    next: NewPassword,
    repeated: z.string(),
  })
  .refine(isRepeated, notRepeated)
  .refine((input) => input.next !== input.current, { path: ["next"], error: "Choose one that differs from the current password" });
export type PasswordChange = z.input<typeof PasswordChange>;
