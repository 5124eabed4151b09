import { z } from "zod";

/** Free of Node: forms import this file. */

/** How somebody shows that it is them. */
export type ProofKind = "passkey" | "app" | "recovery-code" | "password";

const Code = z.string({ error: "Enter the code" }).transform((code) => code.replace(/\s/g, ""));

/** Six digits of an app, however they are grouped. */
export const AppCode = Code.pipe(z.string().regex(/^\d{6}$/, "A code of the app has 6 digits"));
export const RecoveryCode = z
  .string({ error: "Enter a recovery code" })
  .transform((code) => code.toLowerCase().replace(/[^a-z0-9]/g, ""))
  .pipe(z.string().min(1, "Enter a recovery code").max(60, "That is no recovery code"));

export const PasskeyName = z
  .string({ error: "Enter a name" })
  .trim()
  .min(1, "Enter a name")
  .max(60, "The name is longer than 60 characters");

/** What a browser answers with for a passkey, as WebAuthn Level 3 writes it; what is in it is judged by whoever verifies it. */
export const PasskeyAnswer = z
  .looseObject({ id: z.string().max(2000), response: z.looseObject({}) })
  .refine((answer) => JSON.stringify(answer).length < 20_000, "The answer is too long");

export const Proof = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("app"), code: AppCode }),
  z.object({ kind: z.literal("recovery-code"), code: RecoveryCode }),
  z.object({ kind: z.literal("passkey"), answer: PasskeyAnswer }),
  z.object({
    kind: z.literal("password"),
    password: z.string().min(1, "Enter your password").max(200, "A password has at most 200 characters"),
  }),
]);
export type Proof = z.input<typeof Proof>;

/** How many passkeys one person has at most. */
export const mostPasskeys = 20;
export const recoveryCodeCount = 10;

/** The second factors of an account, as its owner sees them. */
export interface FactorList {
  readonly app: { readonly addedAt: string; readonly lastUsedAt: string | null } | null;
  readonly passkeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly addedAt: string;
    readonly lastUsedAt: string | null;
  }[];
  readonly recoveryCodesLeft: number;
  /** Whether the district has every admin use one. */
  readonly isDemanded: boolean;
}
