import type { ChainWord, PersonWhy, SourceChain, WhyLink } from "./schema.ts";

/** How it ends: what is in Aivo, as a sentence and whether it is in use; null: nothing is. */
export type ChainEnd = { readonly says: string; readonly isInUse: boolean } | null;

const bare = { says: null, at: null, remedy: null, more: null } as const;

/**
 * What one SIS says of a person or class and what became of it, in four words. A row that could not be used, is out of scope or waits was read:
 * it is matched with nobody.
 */
export function fourWords({ links }: Pick<SourceChain, "links">, end: ChainEnd): readonly ChainWord[] {
  const named = (name: string) => links.find(({ link }) => link === name) ?? null;
  const said = named("said");
  const isSaid = said !== null && said.state !== "breaks";
  const stopped = isSaid ? ([named("read"), named("scope"), named("matched")].find((link) => link?.state === "breaks") ?? null) : null;
  return [
    { ...bare, word: "The SIS says", says: said?.says ?? null, remedy: said?.remedy ?? null, state: isSaid ? "ok" : "broken" },
    isSaid
      ? { ...bare, word: "Aivo read", says: said.at === null ? null : "As it is since", at: said.at, more: said.more, state: "ok" }
      : { ...bare, word: "Aivo read", at: said?.at ?? null, more: said?.more ?? null, state: "none" },
    placed(stopped, named("matched"), isSaid, end !== null),
    end === null
      ? { ...bare, word: "Not in Aivo", state: "none" }
      : { ...bare, word: "In Aivo", says: end.says, state: end.isInUse ? "ok" : "none" },
  ];
}

function placed(stopped: WhyLink | null, matched: WhyLink | null, isSaid: boolean, isInAivo: boolean): ChainWord {
  if (stopped !== null) {
    const { says, at, remedy, more } = stopped;
    return { word: isInAivo ? "Matched" : "Not matched", says, at, remedy, more, state: "broken" };
  }
  if (matched === null) return { ...bare, word: isInAivo ? "Matched" : "Not matched", state: "none" };
  return { ...bare, word: "Matched", says: matched.says, at: matched.at, state: isSaid ? "ok" : "none" };
}

/** The links of a chain that its four words do not tell. */
export function besideFourWords({ links }: Pick<SourceChain, "links">): readonly WhyLink[] {
  return links.filter(({ link, state }) => !["said", "read", "matched"].includes(link) && !(link === "scope" && state === "breaks"));
}

/** How a person's chain ends. */
export function endOfPerson({ accountId, where, answer, name }: PersonWhy): ChainEnd {
  if (accountId === null) return null;
  // The answer says whom it is about; so does what stands around the chain.
  const says = answer.startsWith(`${name} is `) ? answer.slice(name.length + " is ".length) : answer;
  return { says: says.charAt(0).toUpperCase() + says.slice(1), isInUse: where === "active" || where === "barred" };
}
