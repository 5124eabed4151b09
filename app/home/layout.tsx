import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { paths } from "#app/paths.ts";
import { ownPage, ownProfile } from "#app/session.ts";
import { OwnShell } from "#components/home/own-shell.tsx";
import { parseTheme, themeCookie } from "#components/shell/theme.ts";
import { UserMenu } from "#components/shell/user-menu.tsx";
import { TimeZoneProvider } from "#components/ui/clock.tsx";
import { roleLabels } from "./role-labels.ts";

/** The frame of what everybody has of their own. */
export default async function HomeLayout({ children }: { readonly children: ReactNode }) {
  await ownPage();
  const [profile, cookieJar] = await Promise.all([ownProfile(), cookies()]);
  return (
    <TimeZoneProvider timeZone={profile.timezone} now={new Date().toISOString()}>
      <OwnShell
        district={profile.districtName}
        userMenu={
          <UserMenu
            name={profile.name}
            role={roleLabels[profile.role]}
            theme={parseTheme(cookieJar.get(themeCookie)?.value)}
            ownSignInHref={profile.role === "admin" ? paths.password() : paths.ownSignIn()}
            signInHref={paths.signIn()}
          />
        }
      >
        {children}
      </OwnShell>
    </TimeZoneProvider>
  );
}
