import type { Token } from "marked";

/** The groups of the contents, in their order. */
export const helpGroups = ["Start", "Providers", "How it works", "Operations", "Decisions"] as const;
export type HelpGroup = (typeof helpGroups)[number];

export interface HelpEntry {
  /** Where it stands under docs/, without its ending: "issues", "providers/clever". */
  readonly page: string;
  readonly title: string;
  readonly group: HelpGroup;
}

/** What stands under one heading, up to the next. */
export interface HelpSection {
  /** As GitHub makes it of the heading; blank: the beginning of the page. */
  readonly anchor: string;
  readonly heading: string;
  /** In lower case, without its marks. */
  readonly text: string;
}

export interface HelpPage extends HelpEntry {
  /** The page without its first heading, which is the title; the other headings have their `anchor`. */
  readonly tokens: readonly Token[];
  readonly sections: readonly HelpSection[];
}

/** A section that a search found. */
export interface HelpHit {
  readonly page: string;
  readonly pageTitle: string;
  readonly anchor: string;
  readonly heading: string;
}
