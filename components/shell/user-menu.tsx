"use client";
import { type ComponentProps, lazy, Suspense, useState } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useOnDemand } from "#components/ui/use-on-demand.ts";
import type { Theme } from "./theme.ts";

export interface UserMenuProps {
  readonly name: string;
  /** "District admin", "Teacher", "Learner" */
  readonly role: string;
  readonly theme: Theme;
  /** Where the own password and sessions are. */
  readonly ownSignInHref: string;
  /** Where signing out leads. */
  readonly signInHref: string;
}

const menu = () => import("./open-user-menu.tsx");
const OpenUserMenu = lazy(() => menu().then(({ OpenUserMenu }) => ({ default: OpenUserMenu })));

export function UserMenu({ name, role, theme, ownSignInHref, signInHref }: UserMenuProps) {
  const { isWanted, isByKeyboard, opener } = useOnDemand(menu);
  const [leaving, setLeaving] = useState(false);
  const go = async () => {
    setLeaving(true);
    try {
      const { leave } = await import("./auth-client.ts");
      await leave(signInHref);
    } catch {
      setLeaving(false);
      toast({ tone: "bad", title: "You are still signed in", description: "The server did not answer. Try again." });
    }
  };
  const button = (more: Partial<ComponentProps<"button">>) => (
    <button
      {...more}
      type="button"
      aria-label={`Account: ${name}`}
      aria-haspopup="menu"
      aria-busy={leaving || undefined}
      className="account"
    >
      <i aria-hidden>{initials(name)}</i>
      <span>
        <span>{name}</span>
        <small>{leaving ? "Signing out…" : role}</small>
      </span>
      <Icon name="chevrons-up-down" />
    </button>
  );
  if (!isWanted) return button(opener);
  return (
    <Suspense fallback={button({})}>
      <OpenUserMenu isByKeyboard={isByKeyboard} trigger={button({})} theme={theme} ownSignInHref={ownSignInHref} onLeave={go} />
    </Suspense>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
}
