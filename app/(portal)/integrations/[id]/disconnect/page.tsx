import type { Metadata } from "next";
import { disconnect } from "#app/(portal)/integrations/actions.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { DisconnectForm } from "#components/integrations/disconnect-form.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { disconnectNumbers } from "#lib/services/integrations/disconnect.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";

export const metadata: Metadata = { title: "Disconnect" };

export default async function DisconnectPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const scope = await adminPage("change-integrations", "read-syncs");
  const { id } = await params;
  const { name, numbers } = await pageResult(await addressOfPage(), async () => ({
    name: (await getIntegration(await services(), scope, id)).name,
    numbers: await disconnectNumbers(await services(), scope, id),
  }));
  return (
    <>
      <PageHeader
        title={`Disconnect ${name}`}
        lead="Its schedule ends and its credentials are erased. First choose what becomes of the people it brought."
        breadcrumbs={[
          { label: "SIS Integration", href: paths.integrations() },
          { label: name, href: paths.integration(id) },
        ]}
      />
      {numbers.plannedRunId === null ? null : (
        <Callout
          tone="info"
          title="A disconnection was planned and waits for an answer"
          action={<LinkButton href={paths.run(id, numbers.plannedRunId)}>Look at the plan</LinkButton>}
        >
          Approving it applies exactly what it shows. A sync in between discards it.
        </Callout>
      )}
      <DisconnectForm name={name} numbers={numbers} backHref={paths.integration(id)} disconnect={disconnect.bind(null, id)} />
    </>
  );
}
