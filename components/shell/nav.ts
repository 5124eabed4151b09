import {
  BookUser,
  CalendarClock,
  CircleQuestionMark,
  GaugeCircle,
  type LucideIcon,
  ScrollText,
  Settings,
  UserRoundSearch,
} from "lucide-react";

/** The icons of the portal's places. The layout says where they are. */
export const navIcons = {
  overview: GaugeCircle,
  roster: BookUser,
  conflicts: UserRoundSearch,
  why: CircleQuestionMark,
  integrations: CalendarClock,
  audit: ScrollText,
  settings: Settings,
} satisfies Record<string, LucideIcon>;

export interface NavItem {
  readonly icon: keyof typeof navIcons;
  readonly label: string;
  readonly href: string;
  /** The item is current on every address that begins so. */
  readonly section: string;
}
