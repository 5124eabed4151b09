import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { IntegrationList } from "#components/integrations/integration-list.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { listIntegrations } from "#lib/services/integrations/read.ts";
import { startRun } from "./actions.ts";

export const metadata: Metadata = { title: "SIS Integration" };

export default async function IntegrationsPage() {
  const scope = await adminPage();
  const integrations = await listIntegrations(await services(), scope);
  return (
    <>
      <PageHeader
        title="SIS Integration"
        lead="Where the roster comes from, and whether it is up to date."
        actions={
          integrations.length === 0 ? null : (
            <>
              {integrations.length < 2 ? null : <LinkButton href={paths.integrationOrder()}>Whose values win</LinkButton>}
              <LinkButton variant="primary" href={paths.newIntegration()} icon={<Plus aria-hidden />}>
                Add Integration
              </LinkButton>
            </>
          )
        }
      />
      <Card flush>
        <IntegrationList
          integrations={integrations}
          addHref={paths.newIntegration()}
          integrationHref={(id) => paths.integration(id)}
          runHref={paths.run}
          startOf={(id) => startRun.bind(null, id, "sync")}
        />
      </Card>
    </>
  );
}
