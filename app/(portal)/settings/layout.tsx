import type { ReactNode } from "react";
import { paths } from "#app/paths.ts";
import { allowed } from "#app/session.ts";
import { SettingsTabs } from "#components/settings/settings-tabs.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { Capability } from "#lib/platform/roles.ts";

const tabs: readonly { readonly label: string; readonly href: string; readonly needs: Capability }[] = [
  { label: "District", href: paths.settings(), needs: "read-settings" },
  { label: "Retention", href: paths.retention(), needs: "read-settings" },
  { label: "Team", href: paths.team(), needs: "read-settings" },
  { label: "Sign-in", href: paths.signInSettings(), needs: "change-settings" },
  { label: "Notifications", href: paths.notifications(), needs: "be-told" },
  { label: "Webhooks", href: paths.webhooks(), needs: "read-settings" },
  { label: "API", href: paths.apiAccess(), needs: "change-settings" },
  { label: "Your sign-in", href: paths.password(), needs: "read-roster" },
];

export default async function SettingsLayout({ children }: { readonly children: ReactNode }) {
  const can = await allowed();
  return (
    <>
      <PageHeader title="Settings" />
      <SettingsTabs tabs={tabs.filter(({ needs }) => can(needs))} />
      {children}
    </>
  );
}
