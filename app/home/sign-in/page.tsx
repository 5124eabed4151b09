import type { Metadata } from "next";
import { OwnSignIn } from "#app/home/own-sign-in.tsx";
import { paths } from "#app/paths.ts";
import { ownPage } from "#app/session.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Your sign-in" };

/** For teachers and learners, who have no settings. */
export default async function OwnSignInPage() {
  await ownPage();
  return (
    <>
      <PageHeader title="Your sign-in" actions={<LinkButton href={paths.home()}>My classrooms</LinkButton>} />
      <OwnSignIn />
    </>
  );
}
