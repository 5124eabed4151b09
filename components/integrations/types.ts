/** A credential form as it is typed, by field. */
export type Values = Readonly<Record<string, string>>;

/** What a connection found out about itself (lib/engine/sis/source.ts, `learned`), as far as a form shows it. */
export type Found = Readonly<Record<string, string>>;

/** What a form sends: fields as text, null for a secret to be taken away, and what was found out. */
export type Entered = Readonly<Record<string, string | null | Found>>;

/** What a server action answers (app/errors.ts). */
export type Answer<T = null> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly message: string; readonly fields: Readonly<Record<string, string>> };
