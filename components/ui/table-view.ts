/** How somebody wants a table drawn. It stands in the address, so that it survives a reload and can be sent to somebody. */
export interface TableView {
  /** Keys of columns that are left away. */
  readonly hide: readonly string[];
  readonly density: Density;
}

export const densities = ["comfortable", "compact"] as const;
export type Density = (typeof densities)[number];

const mostHidden = 20;

/** What an address says; what is not understood counts as left out. */
export function readView({
  hide = "",
  density = "",
}: {
  readonly hide?: string | undefined;
  readonly density?: string | undefined;
}): TableView {
  return {
    hide: hide
      .split(",")
      .filter((key) => /^[a-zA-Z]{1,24}$/.test(key))
      .slice(0, mostHidden),
    density: density === "compact" ? "compact" : "comfortable",
  };
}

/** The same as the query of an address, without what is the rule. */
export function viewQuery({ hide, density }: TableView): { readonly hide: string; readonly density: string } {
  return { hide: hide.join(","), density: density === "comfortable" ? "" : density };
}

/** Hides what is shown, and the other way round. */
export function toggled(hide: readonly string[], key: string): readonly string[] {
  return hide.includes(key) ? hide.filter((one) => one !== key) : [...hide, key];
}
