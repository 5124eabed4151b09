"use client";
import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import { ChevronsUpDown, KeyRound, LogOut } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { toast } from "#components/ui/toast.tsx";
import { leave } from "./auth-client.ts";
import type { Theme } from "./theme.ts";
import { ThemeChoice } from "./theme-choice.tsx";

export interface UserMenuProps {
  readonly name: string;
  /** "District admin", "Teacher", "Learner" */
  readonly role: string;
  readonly theme: Theme;
  /** Where the person changes the own password; null: nowhere. */
  readonly passwordHref: string | null;
  /** Where signing out leads. */
  readonly signInHref: string;
}

const item =
  "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm outline-none data-highlighted:bg-sunken [&_svg]:size-4 [&_svg]:text-muted";

export function UserMenu({ name, role, theme, passwordHref, signInHref }: UserMenuProps) {
  const [leaving, setLeaving] = useState(false);
  const go = async () => {
    setLeaving(true);
    try {
      await leave(signInHref);
    } catch {
      setLeaving(false);
      toast({ tone: "bad", title: "You are still signed in", description: "The server did not answer. Try again." });
    }
  };
  return (
    // Modal, it would hide the page from screen readers while leaving its links in the tab order.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Account: ${name}`}
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
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          className="z-50 w-60 animate-appear rounded-lg border border-line bg-surface p-1.5 shadow-floating"
        >
          <ThemeChoice initial={theme} />
          <DropdownMenu.Separator className="my-1.5 h-px bg-line" />
          {passwordHref === null ? null : (
            <DropdownMenu.Item asChild className={item}>
              <Link href={passwordHref}>
                <KeyRound aria-hidden />
                Change password
              </Link>
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item onSelect={go} className={item}>
            <LogOut aria-hidden />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
}
