"use client";
import { type ComponentProps, lazy, Suspense } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { useOnDemand } from "#components/ui/use-on-demand.ts";
import type { PhoneNavProps } from "./nav.ts";

const drawer = () => import("./open-phone-nav.tsx");
const OpenPhoneNav = lazy(() => drawer().then(({ OpenPhoneNav }) => ({ default: OpenPhoneNav })));

/** The button that opens the drawer of places. */
export function PhoneNav(props: PhoneNavProps) {
  const { isWanted, opener } = useOnDemand(drawer);
  const button = (more: Partial<ComponentProps<"button">>) => (
    <button
      {...more}
      type="button"
      aria-label="Open menu"
      aria-haspopup="dialog"
      className="grid size-10 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
    >
      <Icon name="menu" className="size-5" />
    </button>
  );
  if (!isWanted) return button(opener);
  return (
    <Suspense fallback={button({})}>
      <OpenPhoneNav trigger={button({})} {...props} />
    </Suspense>
  );
}
