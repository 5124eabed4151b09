import { BookOpen } from "lucide-react";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { ownPage } from "#app/session.ts";
import { OwnClassroomCard } from "#components/home/own-classroom.tsx";
import { OwnShell } from "#components/home/own-shell.tsx";
import { parseTheme, themeCookie } from "#components/shell/theme.ts";
import { UserMenu } from "#components/shell/user-menu.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { type When, whens, whenTitles } from "#lib/roster/when.ts";
import { getOwnProfile, listOwnClassrooms } from "#lib/services/people/own.ts";
import type { OwnClassroom } from "#lib/services/people/schema.ts";

export const metadata: Metadata = { title: "My classrooms" };

const roleLabels = { admin: "District admin", teacher: "Teacher", learner: "Learner" } as const;

/** The page of teachers and learners: the classrooms they are in. */
export default async function HomePage() {
  const scope = await ownPage();
  const opened = await services();
  const [profile, classrooms, cookieJar] = await Promise.all([getOwnProfile(opened, scope), listOwnClassrooms(opened, scope), cookies()]);
  const of = (when: When) => classrooms.filter((classroom) => classroom.when === when);
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
        title={`Hello, ${profile.name}`}
        lead={of("now").length === 0 ? undefined : `You are in ${formatCount(of("now").length, "classroom")} now.`}
        actions={profile.role === "admin" ? <LinkButton href={paths.overview()}>Open the portal</LinkButton> : null}
      />
      {classrooms.length === 0 ? (
        <Card flush>
          <EmptyState icon={<BookOpen />} title="No classrooms yet">
            Your school enters them in its own system; they appear here after the next sync. Ask the school office if one is missing.
          </EmptyState>
        </Card>
      ) : (
        whens.map((when) => <Classrooms key={when} when={when} classrooms={of(when)} />)
      )}
    </OwnShell>
  );
}

function Classrooms({ when, classrooms }: { readonly when: When; readonly classrooms: readonly OwnClassroom[] }) {
  if (classrooms.length === 0 && when !== "now") return null;
  return (
    <section className="grid gap-3">
      <h2 className="text-title">{whenTitles[when]}</h2>
      {classrooms.length === 0 ? (
        <p className="text-sm text-muted">No classroom at present.</p>
      ) : (
        <ul className="grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-3">
          {classrooms.map((classroom) => (
            <OwnClassroomCard key={classroom.id} classroom={classroom} />
          ))}
        </ul>
      )}
    </section>
  );
}
