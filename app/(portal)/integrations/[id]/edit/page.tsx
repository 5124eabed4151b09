import type { Metadata } from "next";
import { saveConnection } from "#app/(portal)/integrations/actions.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { EditCredentials } from "#components/integrations/edit-credentials.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { getIntegration } from "#lib/services/integrations/read.ts";

export const metadata: Metadata = { title: "Edit connection" };

export default async function EditIntegrationPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const scope = await adminPage("change-integrations", "read-syncs");
  const { id } = await params;
  const { name, provider, config, secretsSet } = await pageResult(await addressOfPage(), async () =>
    getIntegration(await services(), scope, id),
  );
  return (
    <>
      <PageHeader
        title="Edit connection"
        lead="Stored secrets are never shown. What you leave blank stays as it is."
        breadcrumbs={[
          { label: "SIS Integration", href: paths.integrations() },
          { label: name, href: paths.integration(id) },
        ]}
      />
      <EditCredentials
        integration={{ id, name, provider, config, secretsSet }}
        testUrl={paths.api.testConnection()}
        backHref={paths.integration(id)}
        save={saveConnection.bind(null, id)}
      />
    </>
  );
}
