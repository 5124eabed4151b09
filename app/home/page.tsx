import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { ownPage, ownProfile } from "#app/session.ts";
import { OwnClassrooms } from "#components/home/own-classrooms.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Identity, PageHeader } from "#components/ui/page-header.tsx";
import { whens } from "#lib/roster/when.ts";
import { listOwnClassrooms } from "#lib/services/people/own.ts";
import { ownSentence } from "#lib/services/people/own-sentence.ts";
import { show } from "#lib/services/views/record.ts";
import { roleLabels } from "./role-labels.ts";

export const metadata: Metadata = { title: "My classrooms" };

/** The page of teachers and learners: the classrooms they are in. */
export default async function HomePage() {
  const scope = await ownPage();
  const opened = await services();
  const profile = await ownProfile();
  const classrooms = await show(opened, scope, { door: "/home" }, await listOwnClassrooms(opened, scope));
  return (
    <>
      <PageHeader
        identity={<Identity name={profile.name}>{roleLabels[profile.role]}</Identity>}
        title={ownSentence(profile.role, classrooms)}
        actions={profile.role === "admin" ? <LinkButton href={paths.root()}>Open the portal</LinkButton> : null}
      />
      {classrooms.length === 0 ? (
        <EmptyState title="No classes yet">
          Your school enters them; they appear here the day after. Ask the school office if one is missing.
        </EmptyState>
      ) : (
        whens.map((when) => <OwnClassrooms key={when} when={when} classrooms={classrooms.filter((room) => room.when === when)} />)
      )}
    </>
  );
}
