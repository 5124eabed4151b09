/** What a server action answers with, as forms see it. */
export type Result<T = null> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly code?: string; readonly message: string; readonly fields: Readonly<Record<string, string>> };

/** For a call that came to nothing: it may have been done all the same, and the answer lost on its way. */
export const unreachable = {
  ok: false,
  message:
    "The server did not answer, so Aivo cannot say whether this was done. Check your connection and look at it in another tab, then try again; if that does not help, load this page anew.",
  fields: {},
} as const;
