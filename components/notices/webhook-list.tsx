import type { Result } from "#components/settings/result.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { labelOfKind } from "#lib/roster/notices/words.ts";
import type { WebhookEndpoint } from "#lib/services/webhooks/schema.ts";
import type { WebhookInput } from "./edit-webhook.tsx";
import { AddWebhook, WebhookActions } from "./webhook-actions.tsx";

export interface WebhookListProps {
  readonly endpoints: readonly WebhookEndpoint[];
  readonly add: (input: WebhookInput) => Promise<Result<{ readonly secret: string }>>;
  readonly change: (id: string, kinds: WebhookInput["kinds"]) => Promise<Result>;
  readonly rotate: (id: string) => Promise<Result<{ readonly secret: string }>>;
  readonly remove: (id: string) => Promise<Result>;
  readonly test: (id: string) => Promise<Result>;
}

/** Where the district's own systems are told, and everything that can be done with it. */
export function WebhookList({ endpoints, add, change, rotate, remove, test }: WebhookListProps) {
  return (
    <Card
      title="Endpoints"
      lead="Aivo posts to them what it also tells by email: ids, kinds, numbers and a link, signed; nothing about a person."
      flush
      actions={<AddWebhook add={add} />}
    >
      {endpoints.length === 0 ? (
        <EmptyState title="No webhook yet">
          Systems of the district can be told by their address, for example one that opens a ticket or writes into a chat.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line border-b border-line">
          {endpoints.map((one) => (
            <li key={one.id} className="grid gap-3 py-4">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <h3 className="text-sm font-strong break-all">{one.url}</h3>
                {one.failingSince === null ? null : <StateBadge tone="warn">Failing</StateBadge>}
              </div>
              <p className="text-small text-muted">
                {one.kinds === null ? "Everything" : one.kinds.map(labelOfKind).join("; ")}.
                {one.failingSince === null ? null : (
                  <>
                    {" "}
                    A message could not be delivered for three days, the last one given up on{" "}
                    <DateTime at={one.failingSince} as="sentence" />. New ones are tried all the same.
                  </>
                )}
                {one.previousUntil === null ? null : (
                  <>
                    {" "}
                    The secret before signs as well until <DateTime at={one.previousUntil} as="sentence" />.
                  </>
                )}
              </p>
              <WebhookActions id={one.id} url={one.url} kinds={one.kinds} change={change} rotate={rotate} remove={remove} test={test} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
