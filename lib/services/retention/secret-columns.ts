/** Columns of any table that leave in no export: what opens something, and what it would be guessed from. */
export const secretColumns = [
  "password_hash",
  "secrets",
  "barring_key",
  "state_hash",
  "browser_hash",
  "token_hash",
  "secret_hash",
  "request_hash",
  "sealed_answer",
  "code_hash",
  "sealed_secret",
  "public_key",
  "challenge",
  "session_epoch",
] as const;
