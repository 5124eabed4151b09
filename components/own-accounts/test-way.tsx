"use client";
import { useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";

/** What was read of a provider. */
export interface WayFacts {
  readonly issuer: string;
  readonly authorizationHost: string;
  readonly tokenHost: string;
  readonly userinfoHost: string | null;
  readonly keys: number;
  readonly saysPkce: boolean;
  readonly namesItself: boolean;
}

export interface TestWayProps {
  readonly id: string;
  readonly label: string;
  readonly test: (id: string) => Promise<Result<WayFacts>>;
}

/** Reads what the provider says of itself. Whether it lets anybody in, only signing in shows. */
export function TestWay({ id, label, test }: TestWayProps) {
  const [pending, setPending] = useState(false);
  const [result, setResult] = useState<Result<WayFacts> | null>(null);
  const go = async () => {
    setPending(true);
    setResult(await test(id).catch(() => unreachable));
    setPending(false);
  };
  return (
    <>
      <Button size="sm" pending={pending} onClick={go} aria-label={`Test ${label}`}>
        Test
      </Button>
      <AlertDialog
        open={result !== null}
        onClose={() => setResult(null)}
        title={result?.ok ? "The provider answers" : "The provider cannot be used like this"}
        closeLabel="Close"
      >
        {result?.ok ? (
          <>
            <KeyValue
              items={[
                { label: "Issuer", value: result.data.issuer, wide: true },
                { label: "People sign in at", value: result.data.authorizationHost },
                { label: "Codes are exchanged at", value: result.data.tokenHost },
                { label: "Keys that sign", value: String(result.data.keys) },
                { label: "More about people at", value: result.data.userinfoHost },
                { label: "Checks PKCE", value: result.data.saysPkce ? "Yes" : "It does not say so" },
                { label: "Names itself in answers", value: result.data.namesItself ? "Yes" : "It does not say so" },
              ]}
            />
            <p>Now sign out, and sign in with it yourself: only that shows that client ID, secret and callback address are right.</p>
          </>
        ) : (
          <p>{result?.message}</p>
        )}
      </AlertDialog>
    </>
  );
}
