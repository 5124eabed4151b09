/** Kept in a cookie, because the server writes it into the page before anything is painted. */
export const themeCookie = "aivo-theme";
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export function parseTheme(value: string | undefined): Theme {
  return themes.find((theme) => theme === value) ?? "system";
}
