import { lexer, type Token } from "marked";
import { anchors } from "./anchors.ts";
import { groupOf } from "./contents.ts";
import type { HelpPage, HelpSection } from "./schema.ts";

/** One page of the documentation, from its Markdown. */
export function parsePage(page: string, markdown: string): HelpPage {
  const anchorOf = anchors();
  const all = lexer(markdown).map((token) => (token.type === "heading" ? { ...token, anchor: anchorOf(plain(token)) } : token));
  const first = all.findIndex(({ type }) => type === "heading");
  const title = plain(all[first]) || page;
  const tokens = all.slice(first + 1);
  return { page, title, group: groupOf(page), tokens, sections: sectionsOf(title, tokens) };
}

function sectionsOf(title: string, tokens: readonly Token[]): readonly HelpSection[] {
  const sections: { anchor: string; heading: string; text: string }[] = [{ anchor: "", heading: title, text: "" }];
  for (const token of tokens) {
    if (token.type === "heading") sections.push({ anchor: "anchor" in token ? String(token.anchor) : "", heading: plain(token), text: "" });
    else if (token.type !== "html") {
      const last = sections.at(-1);
      if (last) last.text += ` ${plain(token)}`.toLowerCase();
    }
  }
  return sections;
}

/** What a token says, without its marks; of code, the code. */
export function plain(token: Token | undefined): string {
  if (token === undefined || token.type === "html") return "";
  const { tokens, items, header, rows } = token as {
    tokens?: Token[];
    items?: Token[];
    header?: { tokens: Token[] }[];
    rows?: { tokens: Token[] }[][];
  };
  if (token.type === "table") return [...(header ?? []), ...(rows ?? []).flat()].map((cell) => cell.tokens.map(plain).join("")).join(" ");
  if (items) return items.map(plain).join(" ");
  if (tokens) return tokens.map(plain).join("");
  return "text" in token ? String(token.text) : "";
}
