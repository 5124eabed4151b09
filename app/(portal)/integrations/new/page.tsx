import type { Metadata } from "next";
import { fillSample, saveNew } from "#app/(portal)/integrations/actions.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { NewIntegration } from "#components/integrations/new-integration.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { hasSamples } from "#lib/services/integrations/samples.ts";

export const metadata: Metadata = { title: "Add Integration" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function NewIntegrationPage({ searchParams }: Props) {
  await adminPage("change-integrations");
  const { provider } = await searchParams;
  return (
    <>
      <PageHeader title="Add Integration" breadcrumbs={[{ label: "SIS Integration", href: paths.integrations() }]} />
      <NewIntegration
        testUrl={paths.api.testConnection()}
        save={saveNew}
        sample={hasSamples(await services()) ? fillSample : null}
        chosen={typeof provider === "string" ? provider : null}
      />
    </>
  );
}
