"use client";
import { usePathname } from "next/navigation";
import { LinkTabs } from "#components/ui/link-tabs.tsx";

export function SettingsTabs({ tabs }: { readonly tabs: readonly { readonly label: string; readonly href: string }[] }) {
  const pathname = usePathname();
  return <LinkTabs label="Settings" tabs={tabs.map((tab) => ({ ...tab, current: tab.href === pathname }))} />;
}
