import type { ReactNode } from "react";
import { paths } from "#app/paths.ts";
import { SettingsTabs } from "#components/settings/settings-tabs.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

const tabs = [
  { label: "District", href: paths.settings() },
  { label: "Retention", href: paths.retention() },
  { label: "Team", href: paths.team() },
  { label: "Sign-in", href: paths.signInSettings() },
  { label: "Notifications", href: paths.notifications() },
  { label: "Webhooks", href: paths.webhooks() },
  { label: "API", href: paths.apiAccess() },
  { label: "Your sign-in", href: paths.password() },
];

export default function SettingsLayout({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <PageHeader title="Settings" />
      <SettingsTabs tabs={tabs} />
      {children}
    </>
  );
}
