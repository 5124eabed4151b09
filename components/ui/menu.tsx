"use client";
import { type ComponentProps, lazy, type ReactNode, Suspense } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { Button } from "./button.tsx";
import { useOnDemand } from "./use-on-demand.ts";

export interface MenuEntry {
  readonly label: string;
  /** An icon; decoration only. */
  readonly icon: ReactNode;
  readonly danger?: boolean;
  /** Where it leads; `file`: a download. */
  readonly href?: string;
  readonly file?: boolean;
  /** Done once the menu has closed and the focus is back on its button, so that a dialog returns it there. */
  readonly onSelect?: () => void;
  /** Why it cannot be chosen now; said under it. */
  readonly unavailable?: string;
}

export interface MenuProps {
  /** What more there is, for whoever does not see the three dots: "More actions". */
  readonly label: string;
  readonly groups: readonly (readonly MenuEntry[])[];
}

const menu = () => import("./open-menu.tsx");
const OpenMenu = lazy(() => menu().then(({ OpenMenu }) => ({ default: OpenMenu })));

/** What is done seldom, behind three dots at the end of a page's actions. */
export function Menu(props: MenuProps) {
  const { isWanted, isByKeyboard, opener } = useOnDemand(menu);
  const button = (more: Partial<ComponentProps<typeof Button>>) => (
    <Button
      {...more}
      aria-label={props.label}
      aria-haspopup="menu"
      className="w-control px-0! max-sm:flex-none! max-sm:min-w-11"
      icon={<Icon name="ellipsis" />}
    />
  );
  if (!isWanted) return button(opener);
  return (
    <Suspense fallback={button({})}>
      <OpenMenu {...props} isByKeyboard={isByKeyboard} trigger={(ref) => button({ ref })} />
    </Suspense>
  );
}
