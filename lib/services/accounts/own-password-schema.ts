import { z } from "zod";

/** Free of Node: forms import this file. */

export const passwordMinLength = 12;

export const NewPassword = z
  .string({ error: "Enter the new password" })
  .min(passwordMinLength, `A password has at least ${passwordMinLength} characters`)
  .max(200, "A password has at most 200 characters");

export const PasswordChange = z
  .object({
    current: z
      .string({ error: "Enter your current password" })
      .min(1, "Enter your current password")
      .max(200, "A password has at most 200 characters"),
    next: NewPassword,
    repeated: z.string(),
  })
  .refine((input) => input.next === input.repeated, { path: ["repeated"], error: "This is not the same as the new password" })
  .refine((input) => input.next !== input.current, { path: ["next"], error: "Choose one that differs from the current password" });
export type PasswordChange = z.input<typeof PasswordChange>;
