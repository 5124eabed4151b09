import type { Metadata } from "next";
import { startRun } from "#app/(portal)/integrations/actions.ts";
import { OnlyFor, ReadOnlyBut } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage, allowed } from "#app/session.ts";
import { FirstSteps } from "#components/integrations/first-steps.tsx";
import { IntegrationList } from "#components/integrations/integration-list.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { readFirstSteps } from "#lib/services/integrations/first-steps.ts";
import { listIntegrations } from "#lib/services/integrations/read.ts";

export const metadata: Metadata = { title: "SIS Integration" };

export default async function IntegrationsPage() {
  const scope = await adminPage("read-syncs");
  const opened = await services();
  const can = await allowed();
  const integrations = await listIntegrations(opened, scope);
  const isNew = integrations.every((one) => one.lastSuccess === null);
  const firstSteps = isNew ? await readFirstSteps(opened, scope) : null;
  const hasOrder = integrations.length > 1;
  return (
    <>
      <PageHeader
        title="SIS Integration"
        lead="Where the roster comes from, and whether it is up to date."
        actions={
          integrations.length === 0 ? null : (
            <OnlyFor capability="change-integrations">
              {hasOrder ? <LinkButton href={paths.integrationOrder()}>Whose values win</LinkButton> : null}
              <LinkButton variant="primary" href={paths.newIntegration()} icon={<Icon name="plus" />}>
                Add Integration
              </LinkButton>
            </OnlyFor>
          )
        }
      />
      <ReadOnlyBut capability="run-syncs">
        <IntegrationList
          integrations={integrations}
          integrationHref={(id) => paths.integration(id)}
          runHref={paths.run}
          startOf={(id) => startRun.bind(null, id, "sync")}
        />
      </ReadOnlyBut>
      {firstSteps === null || !can("change-integrations") ? null : (
        <FirstSteps
          state={firstSteps}
          isQuiet={integrations.length > 0}
          links={{
            add: paths.newIntegration(),
            integration: (id) => paths.integration(id),
            edit: paths.editIntegration,
            notifications: paths.notifications(),
          }}
        />
      )}
    </>
  );
}
