import { BookUser, CalendarClock, type LucideIcon, ScrollText, Settings, Sun } from "lucide-react";
import type { ReactNode } from "react";

/** The icons of the portal's places. The layout says where they are. */
export const navIcons = {
  today: Sun,
  roster: BookUser,
  integrations: CalendarClock,
  audit: ScrollText,
  settings: Settings,
} satisfies Record<string, LucideIcon>;

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
