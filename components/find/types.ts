import type { ChainRow } from "#components/chain/chain.tsx";

export type FindIcon = "person" | "class" | "school" | "integration" | "sync" | "page" | "action" | "bar" | "help" | "further";

/** What choosing an option does beside opening a page. */
export type FindDeed =
  | { readonly kind: "sync"; readonly integrationId: string; readonly integrationName: string }
  /** Whoever is chosen next is who it is done to, on their page. */
  | { readonly kind: "choose"; readonly what: string };

/** What the pane beside the list is asked for. */
export interface FindAboutOf {
  readonly kind: "person" | "class" | "school";
  readonly ref: string;
}

export interface FindOption {
  /** Unique among the options of an answer. */
  readonly key: string;
  readonly icon: FindIcon;
  /** In the place of the icon: the mark of the school. */
  readonly schoolPlace: number | null;
  readonly label: string;
  /** At the right, in few words. */
  readonly detail: string;
  /** Somebody should act. */
  readonly asks: boolean;
  readonly href: string;
  readonly about: FindAboutOf | null;
  readonly deed: FindDeed | null;
}

export interface FindGroup {
  readonly title: string;
  readonly options: readonly FindOption[];
}

export interface FindAnswer {
  /** What of the labels is bold where it begins a word. */
  readonly words: readonly string[];
  readonly groups: readonly FindGroup[];
}

/** One thing that was found, at more length. */
export interface FindAbout {
  readonly title: string;
  /** The whole in a sentence. */
  readonly says: string;
  readonly asks: boolean;
  /** What its chains say in words: the app has put times and places into them. */
  readonly rows: readonly (Omit<ChainRow, "links"> & { readonly links: readonly FindWord[] })[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly fix: { readonly label: string; readonly href: string } | null;
}

export interface FindWord {
  readonly word: string;
  readonly says: string | null;
  readonly at: string | null;
  readonly remedy: string | null;
  readonly state: "ok" | "broken" | "none";
}
