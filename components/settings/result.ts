/** What a server action answers with, as forms see it. */
export type Result<T = null> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly code?: string; readonly message: string; readonly fields: Readonly<Record<string, string>> };

export const unreachable = {
  ok: false,
  message:
    "The server did not answer and nothing was changed. Check your connection and try again; if that does not help, load this page anew.",
  fields: {},
} as const;
