import type { Metadata } from "next";
import { saveNew } from "#app/(portal)/integrations/actions.ts";
import { paths } from "#app/paths.ts";
import { adminPage } from "#app/session.ts";
import { NewIntegration } from "#components/integrations/new-integration.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Add Integration" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function NewIntegrationPage({ searchParams }: Props) {
  await adminPage();
  const { provider } = await searchParams;
  return (
    <>
      <PageHeader
        title="Add Integration"
        lead="Nothing is stored before you save, and saving starts no sync."
        breadcrumbs={[{ label: "SIS Integration", href: paths.integrations() }]}
      />
      <NewIntegration testUrl={paths.api.testConnection()} save={saveNew} chosen={typeof provider === "string" ? provider : null} />
    </>
  );
}
