import { beginsWithAll } from "#lib/platform/format/beginnings.ts";
import { wordsOf } from "#lib/services/people/search.ts";
import { helpPages } from "./read.ts";
import type { HelpHit, HelpPage, HelpSection } from "./schema.ts";

const mostHits = 4;
/** Shorter words stand in every text. */
const fewestLetters = 5;

/** Sections of the documentation, at most four: those whose page is called so, then those whose heading is; where none is, by what they say. */
export async function searchHelp(directory: string, text: string): Promise<readonly HelpHit[]> {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const isLong = words.join("").length >= fewestLetters;
  const found = (await helpPages(directory)).flatMap((page) =>
    page.sections.flatMap((section) => {
      const rank = rankOf(page, section, words, isLong);
      return rank === null ? [] : [{ rank, page, section }];
    }),
  );
  const named = found.filter(({ rank }) => rank < saysSo);
  return (named.length > 0 ? named : found)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, mostHits)
    .map(({ page, section }) => ({ page: page.page, pageTitle: page.title, anchor: section.anchor, heading: section.heading }));
}

const saysSo = 3;

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
