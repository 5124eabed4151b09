"use client";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useState, useTransition } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { EditWebhook, type WebhookInput } from "./edit-webhook.tsx";

type Made = Promise<Result<{ readonly secret: string }>>;

const secretBox = () => import("./webhook-secret.tsx");
const WebhookSecret = lazy(() => secretBox().then(({ WebhookSecret }) => ({ default: WebhookSecret })));

export function AddWebhook({ add }: { readonly add: (input: WebhookInput) => Made }) {
  const { telling, dialog } = useSecret();
  return (
    <>
      <EditWebhook label="Add webhook" title="Add webhook" initial={{ url: "", kinds: null }} save={telling(add)} />
      {dialog}
    </>
  );
}

export interface WebhookActionsProps extends WebhookInput {
  readonly id: string;
  readonly change: (id: string, kinds: WebhookInput["kinds"]) => Promise<Result>;
  readonly rotate: (id: string) => Made;
  readonly remove: (id: string) => Promise<Result>;
  readonly test: (id: string) => Promise<Result>;
}

/** What can be done with one endpoint. */
export function WebhookActions({ id, url, kinds, change, rotate, remove, test }: WebhookActionsProps) {
  const router = useRouter();
  const { telling, dialog } = useSecret();
  return (
    <div className="flex flex-wrap gap-2">
      <SendTest url={url} test={() => test(id)} />
      <EditWebhook
        label="Choose what"
        title={`What ${url} is told`}
        isKindsOnly
        initial={{ url, kinds }}
        save={(input) => change(id, input.kinds)}
      />
      <ConfirmDialog
        trigger={<Button size="sm">Rotate secret</Button>}
        title="Make a new secret?"
        confirmLabel="Make a new secret"
        tone="primary"
        onConfirm={async () => {
          const result = await telling(rotate)(id);
          return result.ok ? null : result.message;
        }}
      >
        <p>The one before signs as well for 24 hours, so that the receiver can change over without missing a message.</p>
      </ConfirmDialog>
      <ConfirmDialog
        trigger={<Button size="sm">Remove</Button>}
        title={`Remove ${url}?`}
        confirmLabel="Remove this webhook"
        tone="danger"
        onConfirm={async () => {
          const result = await remove(id);
          router.refresh();
          return result.ok ? null : result.message;
        }}
      >
        <p>It is told nothing any more; what waits for it is not sent.</p>
      </ConfirmDialog>
      {dialog}
    </div>
  );
}

/** Has a signing secret made, and tells it. What tells it is fetched first: it is told once. */
function useSecret() {
  const router = useRouter();
  const [secret, setSecret] = useState<string | null>(null);
  const telling =
    <Input,>(make: (input: Input) => Made) =>
    async (input: Input) => {
      await secretBox();
      const result = await confirmed(make)(input);
      if (!result.ok) return result;
      setSecret(result.data.secret);
      router.refresh();
      return result;
    };
  const dialog =
    secret === null ? null : (
      <Suspense>
        <WebhookSecret secret={secret} onClose={() => setSecret(null)} />
      </Suspense>
    );
  return { telling, dialog };
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
