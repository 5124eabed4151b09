"use client";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { toast } from "#components/ui/toast.tsx";
import { labelOfKind } from "#lib/roster/notices/words.ts";
import type { WebhookEndpoint } from "#lib/services/webhooks/schema.ts";
import { EditWebhook, type WebhookInput } from "./edit-webhook.tsx";

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
  const router = useRouter();
  const [secret, setSecret] = useState<string | null>(null);
  const shown = (one: string) => {
    setSecret(one);
    router.refresh();
  };
  return (
    <>
      <Card
        title="Endpoints"
        lead="Aivo posts to them what it also tells by email: ids, kinds, numbers and a link, signed; nothing about a person."
        flush
        actions={
          <EditWebhook
            label="Add webhook"
            title="Add webhook"
            initial={{ url: "", kinds: null }}
            save={async (input) => {
              const result = await confirmed(add)(input);
              if (result.ok) shown(result.data.secret);
              return result;
            }}
          />
        }
      >
        {endpoints.length === 0 ? (
          <EmptyState title="No webhook yet">
            Add the address of a system of yours, for example one that opens a ticket or writes into a chat.
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
                <div className="flex flex-wrap gap-2">
                  <SendTest url={one.url} test={() => test(one.id)} />
                  <EditWebhook
                    label="Choose what"
                    title={`What ${one.url} is told`}
                    isKindsOnly
                    initial={{ url: one.url, kinds: one.kinds }}
                    save={({ kinds }) => change(one.id, kinds)}
                  />
                  <ConfirmDialog
                    trigger={<Button size="sm">Rotate secret</Button>}
                    title="Make a new secret?"
                    confirmLabel="Make a new secret"
                    tone="primary"
                    onConfirm={async () => {
                      const result = await confirmed(rotate)(one.id);
                      if (!result.ok) return result.message;
                      shown(result.data.secret);
                      return null;
                    }}
                  >
                    <p>The one before signs as well for 24 hours, so that the receiver can change over without missing a message.</p>
                  </ConfirmDialog>
                  <ConfirmDialog
                    trigger={<Button size="sm">Remove</Button>}
                    title={`Remove ${one.url}?`}
                    confirmLabel="Remove this webhook"
                    tone="danger"
                    onConfirm={async () => {
                      const result = await remove(one.id);
                      router.refresh();
                      return result.ok ? null : result.message;
                    }}
                  >
                    <p>It is told nothing any more; what waits for it is not sent.</p>
                  </ConfirmDialog>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <AlertDialog open={secret !== null} onClose={() => setSecret(null)} title="The signing secret" closeLabel="I have copied it">
        <p>
          It is shown only now. Give it to the receiver, which verifies with it that a message is Aivo's (Standard Webhooks, version 1).
        </p>
        <p>
          <Copyable value={secret ?? ""} label="secret" />
        </p>
      </AlertDialog>
    </>
  );
}

function SendTest({ url, test }: { readonly url: string; readonly test: () => Promise<Result> }) {
  const router = useRouter();
  const [pending, begin] = useTransition();
  const click = () =>
    begin(async () => {
      const result = await test().catch(() => unreachable);
      toast(
        result.ok
          ? { tone: "good", title: "A test is on its way", description: "How it went stands among the deliveries." }
          : { tone: "bad", title: result.message },
      );
      router.refresh();
    });
  return (
    <Button size="sm" pending={pending} onClick={click} aria-label={`Send test to ${url}`}>
      Send test
    </Button>
  );
}
