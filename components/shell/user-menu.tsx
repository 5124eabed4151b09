"use client";
import { ChevronsUpDown } from "lucide-react";
import { type ComponentProps, lazy, Suspense, useState } from "react";
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
      className="flex min-h-12 w-full min-w-0 items-center gap-2.5 rounded-md px-2 text-left hover:bg-sunken data-[state=open]:bg-sunken"
    >
      <span
        aria-hidden
        className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-[0.6875rem] font-semibold text-accent-strong"
      >
        {initials(name)}
      </span>
      <span className="grid min-w-0 flex-1 leading-tight">
        <span className="truncate text-sm font-medium">{name}</span>
        <span className="truncate text-fine text-muted">{leaving ? "Signing out…" : role}</span>
      </span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
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
