import { variableNames } from "./env.ts";
import { slipsBetween } from "./slips.ts";

export interface Misspelt {
  readonly name: string;
  /** The variable that is most like it; null: none is like it. */
  readonly meant: string | null;
}

/** How many letters may differ. */
const mostSlips = 4;
const prefixes = ["AIVO_", "NEXTAUTH_", "CLEVER_", "CLASSLINK_"];
/** Of Next, next-auth and the tests, which read them themselves. */
const others = /^(NEXTAUTH_URL_INTERNAL|AIVO_(SEED|POSTGRES_BIN|CITUS_BIN|PGBOUNCER))$/;

/** Variables that look like Aivo's and are not: what was meant by them is not set, and nothing says so. */
export function misspelt(variables: Readonly<Record<string, string | undefined>>): readonly Misspelt[] {
  const unknown = Object.keys(variables).filter(
    (name) => prefixes.some((prefix) => name.startsWith(prefix)) && !variableNames.includes(name) && !others.test(name),
  );
  return unknown.sort().map((name) => {
    const [nearest] = variableNames
      .map((known) => ({ known, slips: slipsBetween(name, known, mostSlips).whole }))
      .filter(({ slips }) => slips <= mostSlips)
      .sort((a, b) => a.slips - b.slips);
    return { name, meant: nearest?.known ?? null };
  });
}

/** The same for whoever reads why a process did not start: a variable that is missing may be there under another name. */
export function misspeltWords(variables: Readonly<Record<string, string | undefined>>): readonly string[] {
  return misspelt(variables).map(
    ({ name, meant }) => `  ${name} is set and is not a variable of Aivo's${meant === null ? "." : `: ${meant} may be meant.`}`,
  );
}
