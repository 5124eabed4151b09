import type { ReactNode } from "react";
import type { Result } from "#components/settings/result.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Code, Copyable } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { ApiClient, MadeApiClient } from "#lib/services/api/schema.ts";
import { type ClientInput, MakeClient } from "./make-client.tsx";
import { RevokeClient } from "./revoke-client.tsx";

export interface ClientListProps {
  readonly kind: ApiClient["kind"];
  readonly clients: readonly ApiClient[];
  readonly title: string;
  readonly lead: ReactNode;
  readonly empty: { readonly title: string; readonly body: string };
  readonly make: (input: ClientInput) => Promise<Result<MadeApiClient>>;
  readonly revoke: (id: string) => Promise<Result>;
}

/** Tokens or applications of the district, and everything that can be done with them. */
export function ClientList({ kind, clients, title, lead, empty, make, revoke }: ClientListProps) {
  const what = kind === "token" ? "token" : "application";
  return (
    <Card title={title} lead={lead} flush actions={<MakeClient kind={kind} make={make} />}>
      {clients.length === 0 ? (
        <EmptyState title={empty.title}>{empty.body}</EmptyState>
      ) : (
        <ul className="divide-y divide-line border-b border-line">
          {clients.map((one) => (
            <li key={one.id} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 py-4">
              <div className="grid min-w-0 flex-1 basis-72 gap-1.5">
                <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <h3 className="text-sm font-strong break-words">{one.name}</h3>
                  {one.state === "active" ? null : (
                    <StateBadge tone={one.state === "expired" ? "warn" : "neutral"}>
                      {one.state === "expired" ? "Expired" : "Revoked"}
                    </StateBadge>
                  )}
                </div>
                <p className="text-small text-muted">
                  Ends in <Code>{one.hint}</Code>. <Dates of={one} />
                </p>
                {one.clientId === null ? (
                  <p className="text-small text-soft">{one.scopes.join(", ")}</p>
                ) : (
                  <p className="text-small text-soft">
                    Client ID <Copyable value={one.clientId} label={`client ID of ${one.name}`} />
                  </p>
                )}
              </div>
              {one.state === "revoked" ? null : <RevokeClient id={one.id} name={one.name} what={what} revoke={revoke} />}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Dates({ of: { state, expiresAt, revokedAt, lastUsedAt, createdAt, createdByName } }: { readonly of: ApiClient }) {
  return (
    <>
      Made <DateTime at={createdAt} as="sentence" /> {createdByName === null ? "from the command line" : `by ${createdByName}`},{" "}
      {lastUsedAt === null ? (
        "never used"
      ) : (
        <>
          last used <DateTime at={lastUsedAt} as="sentence" />
        </>
      )}
      ; {state === "revoked" ? "revoked" : state === "expired" ? "expired" : "expires"}{" "}
      <DateTime at={revokedAt ?? expiresAt} as="sentence" />.
    </>
  );
}
