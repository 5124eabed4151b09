import type { ReactNode } from "react";
import type { IconName } from "#components/ui/icon-names.ts";

/** The icons of the portal's places. The layout says where they are. */
export const navIcons = {
  today: "sun",
  roster: "book-user",
  integrations: "calendar-clock",
  audit: "scroll-text",
  settings: "settings",
} satisfies Record<string, IconName>;

export interface NavItem {
  readonly icon: keyof typeof navIcons;
  readonly label: string;
  readonly href: string;
  /** The item is current on every address that begins with one of these. */
  readonly sections: readonly string[];
}

export interface PhoneNavProps {
  readonly nav: readonly NavItem[];
  readonly district: string;
  /** Under the places: the user's menu. */
  readonly footer?: ReactNode;
}
