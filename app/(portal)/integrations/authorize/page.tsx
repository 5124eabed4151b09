import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { adminPage } from "#app/session.ts";
import { AuthorizationOutcomeCallout } from "#components/integrations/clever-authorization.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { parseAuthorizationOutcome } from "#lib/services/integrations/schema.ts";

export const metadata: Metadata = { title: "Authorization not completed" };

/** For an authorization that came back and belongs to no integration, so that no other page could say so. */
export default async function AuthorizationProblemPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  await adminPage("change-integrations");
  const outcome = parseAuthorizationOutcome((await searchParams).outcome);
  return (
    <>
      <PageHeader title="Authorization not completed" breadcrumbs={[{ label: "SIS Integration", href: paths.integrations() }]} />
      <AuthorizationOutcomeCallout outcome={outcome === null || outcome === "authorized" ? "unknown-state" : outcome} />
      <LinkButton href={paths.integrations()}>Back to SIS Integration</LinkButton>
    </>
  );
}
