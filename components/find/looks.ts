/** How the search is drawn, for the field that stands there before its code has come and for the search itself. */
export const boxClass =
  "fixed top-2 left-1/2 z-50 flex max-h-[calc(100dvh-1rem)] w-[calc(100vw-1rem)] max-w-[54rem] -translate-x-1/2 flex-col overflow-hidden rounded-lg border border-line bg-surface shadow-floating md:top-24 md:max-h-[calc(100dvh-8rem)]";
export const lineClass = "flex h-14 shrink-0 items-center gap-3 border-b border-line px-4";
export const fieldClass = "h-full min-w-0 flex-1 bg-transparent text-[1.0625rem] outline-none placeholder:text-muted";

/** What every field of it is, whatever it is called. */
export const fieldProps = {
  "aria-autocomplete": "list",
  maxLength: 200,
  autoComplete: "off",
  spellCheck: false,
  className: fieldClass,
} as const;
export const fieldLabel = "Find a person, class, school or sync";
export const fieldHint = "Name, number, email or SIS id";
