import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { startRun } from "#app/(portal)/integrations/actions.ts";
import { paths } from "#app/paths.ts";
import { ringing } from "#app/ringing.ts";
import { services } from "#app/services.ts";
import { reachPage, ownPage } from "#app/session.ts";
import { Find } from "#components/find/find.tsx";
import { HelpProvider } from "#components/help/help-base.tsx";
import { Bell } from "#components/notices/bell.tsx";
import type { NavItem } from "#components/shell/nav.ts";
import { Shell } from "#components/shell/shell.tsx";
import { parseTheme, themeCookie } from "#components/shell/theme.ts";
import { UserMenu } from "#components/shell/user-menu.tsx";
import { TimeZoneProvider } from "#components/ui/clock.tsx";
import { getDistrict } from "#lib/services/districts/read.ts";
import { getOwnProfile } from "#lib/services/people/own.ts";

const nav: readonly NavItem[] = [
  { icon: "today", label: "Today", href: paths.overview(), sections: [paths.overview()] },
  { icon: "roster", label: "Roster", href: paths.roster(), sections: ["/roster", paths.conflicts(), paths.why()] },
  { icon: "integrations", label: "Integrations", href: paths.integrations(), sections: [paths.integrations()] },
  { icon: "audit", label: "Audit log", href: paths.auditLog(), sections: [paths.auditLog()] },
  { icon: "settings", label: "Settings", href: paths.settings(), sections: [paths.settings()] },
];

/** The portal of the district admins; everybody else is turned away here, before any of its pages is made. */
export default async function PortalLayout({ children }: { readonly children: ReactNode }) {
  const scope = await reachPage("read-roster");
  const own = await ownPage();
  const [district, profile, cookieJar, open] = await Promise.all([
    getDistrict(await services(), scope),
    getOwnProfile(await services(), own),
    cookies(),
    ringing(scope),
  ]);
  const theme = parseTheme(cookieJar.get(themeCookie)?.value);
  return (
    <TimeZoneProvider timeZone={district.timezone} now={new Date().toISOString()}>
      <Shell
        district={district.name}
        nav={nav}
        find={<Find findUrl={paths.api.find()} aboutUrl={paths.api.findAbout()} startRun={startRun} />}
        helpHref={paths.help()}
        bell={<Bell initial={open} url={paths.api.incidents()} choicesHref={paths.notifications()} />}
        userMenu={
          <UserMenu name={profile.name} role="District admin" theme={theme} ownSignInHref={paths.password()} signInHref={paths.signIn()} />
        }
      >
        <HelpProvider base={paths.help()}>{children}</HelpProvider>
      </Shell>
    </TimeZoneProvider>
  );
}
