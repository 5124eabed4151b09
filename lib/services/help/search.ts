import { beginsWithAll } from "#lib/platform/format/beginnings.ts";
import { wordsOf } from "#lib/services/people/search.ts";
import { asked } from "./asked.ts";
import { helpPages } from "./read.ts";
import type { HelpHit, HelpPage, HelpSection } from "./schema.ts";

const mostHits = 4;
/** Shorter words stand in every text. */
const fewestLetters = 5;

/**
 * Sections of the documentation, at most four: those that answer what was typed, those whose page is called so, then those whose heading is; where none
 * is, by what they say. What was written for whoever builds Aivo comes after what was written for admins.
 */
export async function searchHelp(directory: string, text: string): Promise<readonly HelpHit[]> {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const isLong = words.join("").length >= fewestLetters;
  const answers = isLong ? asked.filter(([said]) => beginsWithAll(said, words)).map(([, page, anchor]) => `${page}#${anchor}`) : [];
  const found = (await helpPages(directory)).flatMap((page) =>
    page.sections.flatMap((section) => {
      const answer = answers.indexOf(`${page.page}#${section.anchor}`);
      const rank = answer === -1 ? rankOf(page, section, words, isLong) : answer - answers.length;
      return rank === null ? [] : [{ rank: rank + (answer === -1 && isForBuilders(page) ? afterAdmins : 0), page, section }];
    }),
  );
  const isNamed = found.some(({ rank }) => rank < saysSo);
  return found
    .filter(({ rank }) => !isNamed || rank % afterAdmins < saysSo)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, mostHits)
    .map(({ page, section }) => ({ page: page.page, pageTitle: page.title, anchor: section.anchor, heading: section.heading }));
}

const saysSo = 3;
const afterAdmins = saysSo + 1;

const isForBuilders = ({ page, group }: HelpPage) =>
  group === "Decisions" || ["architecture", "asvs", "plans", "benchmarks"].includes(page);

/** Null: not found in it. */
function rankOf(
  { title, page }: HelpPage,
  { anchor, heading, text }: HelpSection,
  words: readonly string[],
  isLong: boolean,
): number | null {
  if (anchor === "" && beginsWithAll(`${title} ${page}`, words)) return 0;
  if (anchor !== "" && beginsWithAll(heading, words)) return 1;
  if (anchor !== "" && beginsWithAll(`${title} ${heading}`, words)) return 2;
  return isLong && words.every((word) => text.includes(word)) ? saysSo : null;
}
