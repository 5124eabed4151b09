/** What every field of it is, whatever it is called. */
export const fieldProps = {
  "aria-autocomplete": "list",
  maxLength: 200,
  autoComplete: "off",
  spellCheck: false,
  className: "find-field",
} as const;
export const fieldHint = "Name, number, email or SIS id";
