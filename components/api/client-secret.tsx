"use client";
import { AlertBox } from "#components/ui/alert-box.tsx";
import { Copyable } from "#components/ui/code.tsx";
import type { MadeApiClient } from "#lib/services/api/schema.ts";
import type { ClientInput } from "./make-client.tsx";

export interface ClientSecretProps {
  readonly kind: ClientInput["kind"];
  readonly made: MadeApiClient;
  readonly onClose: () => void;
}

/** What was just made, with what is secret of it: that is told once. */
export function ClientSecret({ kind, made, onClose }: ClientSecretProps) {
  return (
    <AlertBox onClose={onClose} title={kind === "token" ? "The token" : "Client ID and secret"} closeLabel="I have copied it">
      <p>What is secret is shown only now. Keep it where the program keeps its other secrets, and in no code.</p>
      {made.clientId ? (
        <p>
          <Copyable value={made.clientId} label="client ID" />
        </p>
      ) : null}
      <p>
        <Copyable value={made.secret} label={kind === "token" ? "token" : "client secret"} />
      </p>
    </AlertBox>
  );
}
