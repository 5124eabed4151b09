"use client";
import { lazy, Suspense, useState } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import type { Result } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { DialogOpener } from "#components/ui/dialog-opener.tsx";
import type { ApiClient, MadeApiClient } from "#lib/services/api/schema.ts";

type Scope = ApiClient["scopes"][number];

export interface ClientInput {
  readonly kind: ApiClient["kind"];
  readonly name: string;
  readonly days: string;
  readonly scopes: readonly Scope[];
}

export interface MakeClientProps {
  readonly kind: ApiClient["kind"];
  readonly make: (input: ClientInput) => Promise<Result<MadeApiClient>>;
}

const labels = { token: "Create token", application: "Add application" } as const;

const dialog = () => import("./client-dialog.tsx");
const secret = () => import("./client-secret.tsx");
const ClientDialog = lazy(() => dialog().then(({ ClientDialog }) => ({ default: ClientDialog })));
const ClientSecret = lazy(() => secret().then(({ ClientSecret }) => ({ default: ClientSecret })));

/** Makes a token or an application, and tells what is secret of it. What tells it is fetched first: it is told once. */
export function MakeClient({ kind, make }: MakeClientProps) {
  const [made, setMade] = useState<MadeApiClient | null>(null);
  const save = async (input: ClientInput) => {
    await secret();
    return confirmed(make)(input);
  };
  return (
    <>
      <DialogOpener
        trigger={
          <Button size="sm" variant="primary">
            {labels[kind]}
          </Button>
        }
        fetchIt={dialog}
      >
        {(opened) => <ClientDialog kind={kind} submitLabel={labels[kind]} save={save} onSaved={setMade} {...opened} />}
      </DialogOpener>
      {made === null ? null : (
        <Suspense>
          <ClientSecret kind={kind} made={made} onClose={() => setMade(null)} />
        </Suspense>
      )}
    </>
  );
}
