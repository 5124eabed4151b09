"use client";
import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import { useState } from "react";
import { Icon } from "#components/ui/icon.tsx";
import type { IconName } from "#components/ui/icon-names.ts";
import { type Theme, themeCookie, themes } from "./theme.ts";

const looks = {
  system: { label: "System", icon: "monitor" },
  light: { label: "Light", icon: "sun" },
  dark: { label: "Dark", icon: "moon" },
} satisfies Record<Theme, { readonly label: string; readonly icon: IconName }>;

/** Stands inside a DropdownMenu. */
export function ThemeChoice({ initial }: { readonly initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const choose = (value: string) => {
    const next = themes.find((candidate) => candidate === value) ?? "system";
    setTheme(next);
    applyTheme(next);
  };
  return (
    <DropdownMenu.RadioGroup value={theme} onValueChange={choose}>
      <DropdownMenu.Label className="eyebrow px-2 pt-2 pb-1">Appearance</DropdownMenu.Label>
      {themes.map((value) => {
        const { label, icon } = looks[value];
        return (
          <DropdownMenu.RadioItem
            key={value}
            value={value}
            onSelect={(event) => event.preventDefault()}
            className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm outline-none data-highlighted:bg-sunken"
          >
            <Icon name={icon} className="size-4 text-muted" />
            <span className="flex-1">{label}</span>
            <DropdownMenu.ItemIndicator>
              <Icon name="check" className="size-4 text-accent" />
            </DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        );
      })}
    </DropdownMenu.RadioGroup>
  );
}

function applyTheme(theme: Theme): void {
  const year = 365 * 86_400;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox
  document.cookie = `${themeCookie}=${theme}; path=/; max-age=${theme === "system" ? 0 : year}; samesite=lax`;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
