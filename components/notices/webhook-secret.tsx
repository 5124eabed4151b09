"use client";
import { AlertBox } from "#components/ui/alert-box.tsx";
import { Copyable } from "#components/ui/code.tsx";

/** A signing secret that was just made: it is told once. */
export function WebhookSecret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  return (
    <AlertBox onClose={onClose} title="The signing secret" closeLabel="I have copied it">
      <p>It is shown only now. Give it to the receiver, which verifies with it that a message is Aivo's (Standard Webhooks, version 1).</p>
      <p>
        <Copyable value={secret} label="secret" />
      </p>
    </AlertBox>
  );
}
