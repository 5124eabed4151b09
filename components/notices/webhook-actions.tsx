"use client";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useState, useTransition } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { DialogOpener } from "#components/ui/dialog-opener.tsx";
import { toast } from "#components/ui/toast.tsx";
import { EditWebhook, type WebhookInput } from "./edit-webhook.tsx";

type Made = Promise<Result<{ readonly secret: string }>>;

const questions = () => import("./webhook-questions.tsx");
const RotateSecret = lazy(() => questions().then(({ RotateSecret }) => ({ default: RotateSecret })));
const RemoveWebhook = lazy(() => questions().then(({ RemoveWebhook }) => ({ default: RemoveWebhook })));
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
      <DialogOpener trigger={<Button size="sm">Rotate secret</Button>} fetchIt={questions}>
        {(opened) => <RotateSecret rotate={() => telling(rotate)(id)} {...opened} />}
      </DialogOpener>
      <DialogOpener trigger={<Button size="sm">Remove</Button>} fetchIt={questions}>
        {(opened) => <RemoveWebhook url={url} remove={() => remove(id)} {...opened} />}
      </DialogOpener>
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
