import type { Metadata } from "next";
import { cookies } from "next/headers";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { ownPage } from "#app/session.ts";
import { OwnClassrooms } from "#components/home/own-classrooms.tsx";
import { OwnShell } from "#components/home/own-shell.tsx";
import { parseTheme, themeCookie } from "#components/shell/theme.ts";
import { UserMenu } from "#components/shell/user-menu.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Identity, PageHeader } from "#components/ui/page-header.tsx";
import { whens } from "#lib/roster/when.ts";
import { getOwnProfile, listOwnClassrooms } from "#lib/services/people/own.ts";
import { ownSentence } from "#lib/services/people/own-sentence.ts";

export const metadata: Metadata = { title: "My classrooms" };

const roleLabels = { admin: "District admin", teacher: "Teacher", learner: "Learner" } as const;

/** The page of teachers and learners: the classrooms they are in. */
export default async function HomePage() {
  const scope = await ownPage();
  const opened = await services();
  const [profile, classrooms, cookieJar] = await Promise.all([getOwnProfile(opened, scope), listOwnClassrooms(opened, scope), cookies()]);
  const theme = parseTheme(cookieJar.get(themeCookie)?.value);
  return (
    <OwnShell
      district={profile.districtName}
      userMenu={
        <UserMenu
          name={profile.name}
          role={roleLabels[profile.role]}
          theme={theme}
          passwordHref={profile.role === "admin" ? paths.password() : null}
          signInHref={paths.signIn()}
        />
      }
    >
      <PageHeader
        identity={<Identity name={profile.name}>{roleLabels[profile.role]}</Identity>}
        title={ownSentence(profile.role, classrooms)}
        actions={profile.role === "admin" ? <LinkButton href={paths.overview()}>Open the portal</LinkButton> : null}
      />
      {classrooms.length === 0 ? (
        <EmptyState title="No classes yet">
          Your school enters them; they appear here the day after. Ask the school office if one is missing.
        </EmptyState>
      ) : (
        whens.map((when) => <OwnClassrooms key={when} when={when} classrooms={classrooms.filter((room) => room.when === when)} />)
      )}
    </OwnShell>
  );
}
