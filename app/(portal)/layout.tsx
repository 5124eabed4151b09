import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { startRun } from "#app/(portal)/integrations/actions.ts";
import { paths } from "#app/paths.ts";
import { ringing } from "#app/ringing.ts";
import { adminPage, allowed, ownPage, ownProfile, reachPage } from "#app/session.ts";
import { passkeyToProve, proveItIsMe, waysOfProving } from "#app/sign-in/factor-actions.ts";
import { ConfirmHost } from "#components/confirm/confirm-host.tsx";
import { Find } from "#components/find/find.tsx";
import { HelpProvider } from "#components/help/help-base.tsx";
import { Bell } from "#components/notices/bell.tsx";
import type { NavItem } from "#components/shell/nav.ts";
import { Shell } from "#components/shell/shell.tsx";
import { parseTheme, themeCookie } from "#components/shell/theme.ts";
import { UserMenu } from "#components/shell/user-menu.tsx";
import { TimeZoneProvider } from "#components/ui/clock.tsx";
import { type Capability, definitionOf } from "#lib/platform/roles.ts";

/** Each with what opens it: any of these. */
const nav: readonly (NavItem & { readonly needs: readonly Capability[] })[] = [
  { icon: "today", label: "Today", href: paths.overview(), sections: [paths.overview()], needs: ["read-syncs"] },
  { icon: "roster", label: "Roster", href: paths.roster(), sections: ["/roster", paths.conflicts(), paths.why()], needs: ["read-roster"] },
  { icon: "integrations", label: "Integrations", href: paths.integrations(), sections: [paths.integrations()], needs: ["read-syncs"] },
  { icon: "audit", label: "Audit log", href: paths.auditLog(), sections: [paths.auditLog()], needs: ["read-audit-log"] },
  { icon: "settings", label: "Settings", href: paths.settings(), sections: [paths.settings()], needs: ["read-settings"] },
];

/**
 * The portal of those who look after a district or a school of it; everybody else is turned away here, before any of its pages is made.
 * Nothing but the session is waited for: a page is not begun before its frame is made.
 */
export default async function PortalLayout({ children }: { readonly children: ReactNode }) {
  await reachPage("read-roster");
  const own = await ownPage();
  const can = await allowed();
  const [profile, cookieJar] = await Promise.all([ownProfile(), cookies()]);
  const theme = parseTheme(cookieJar.get(themeCookie)?.value);
  return (
    <TimeZoneProvider timeZone={profile.timezone} now={new Date().toISOString()}>
      <Shell
        district={profile.districtName}
        nav={nav.filter(({ needs }) => needs.some(can))}
        find={
          <Find
            label={can("read-syncs") ? "Find a person, class, school or sync" : "Find a person, class or school"}
            findUrl={paths.api.find()}
            aboutUrl={paths.api.findAbout()}
            startRun={startRun}
          />
        }
        helpHref={paths.help()}
        bell={can("read-syncs") ? <WhatIsOpen choicesHref={can("be-told") ? paths.notifications() : null} /> : null}
        userMenu={
          <UserMenu
            name={profile.name}
            role={definitionOf(own.actor.role).label}
            theme={theme}
            ownSignInHref={paths.password()}
            signInHref={paths.signIn()}
          />
        }
      >
        <HelpProvider base={paths.help()}>{children}</HelpProvider>
        <ConfirmHost
          actions={{ ways: waysOfProving, prove: proveItIsMe, askPasskey: passkeyToProve }}
          signInHref={paths.signIn(undefined, "1")}
        />
      </Shell>
    </TimeZoneProvider>
  );
}

async function WhatIsOpen({ choicesHref }: { readonly choicesHref: string | null }) {
  return <Bell initial={await ringing(await adminPage("read-syncs"))} url={paths.api.incidents()} choicesHref={choicesHref} />;
}
