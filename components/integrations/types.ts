/** The form of OneRoster CSV, as it is typed. */
export interface Credentials {
  readonly host: string;
  readonly port: string;
  readonly username: string;
  readonly method: "password" | "key";
  readonly password: string;
  readonly privateKey: string;
  readonly passphrase: string;
  readonly directory: string;
}

/** What a server action answers (app/errors.ts). */
export type Answer<T = null> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly message: string; readonly fields: Readonly<Record<string, string>> };
