import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { ClientList } from "#components/api/client-list.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { listApiClients } from "#lib/services/api/read.ts";
import { rosteringServices } from "#lib/services/oneroster/version.ts";
import { makeClient, revokeClient } from "./actions.ts";

export const metadata: Metadata = { title: "API" };

export default async function ApiPage() {
  const scope = await adminPage("change-settings", "read-settings");
  const opened = await services();
  const clients = await listApiClients(opened, scope);
  const address = (path: string) => new URL(path, opened.env.publicUrl).href;
  return (
    <>
      <ClientList
        kind="token"
        clients={clients.filter(({ kind }) => kind === "token")}
        title="API tokens"
        lead="For your own programs: what an admin does here, within what the token may do."
        empty={{
          title: "No token yet",
          body: "Create one for each program, with no more than it needs, so that one can be revoked alone.",
        }}
        make={makeClient}
        revoke={revokeClient}
      />
      <ClientList
        kind="application"
        clients={clients.filter(({ kind }) => kind === "application")}
        title="Reading applications"
        lead="Tools that read the roster from Aivo over OneRoster 1.1 or 1.2. They change nothing, and get no demographics."
        empty={{ title: "No application yet", body: "Add one for each tool of the district that should have the roster." }}
        make={makeClient}
        revoke={revokeClient}
      />
      <Card title="Where programs ask">
        <div className="grid gap-4">
          <KeyValue
            items={[
              { label: "API", value: <Copyable value={address(paths.api.v1())} label="address of the API" /> },
              ...Object.entries(rosteringServices).map(([version, { root }]) => ({
                label: `OneRoster ${version} base URL`,
                value: <Copyable value={address(root)} label={`OneRoster ${version} base URL`} />,
              })),
              { label: "OneRoster token URL", value: <Copyable value={address(paths.api.oauthToken())} label="OneRoster token URL" /> },
            ]}
          />
          <div className="flex flex-wrap gap-2">
            <LinkButton href={paths.apiReference()}>API reference</LinkButton>
            <LinkButton href={paths.help("api")}>Guide</LinkButton>
            <LinkButton href={paths.api.openApi()} external>
              OpenAPI document
            </LinkButton>
          </div>
        </div>
      </Card>
    </>
  );
}
