"use client";
import type { Result } from "#components/settings/result.ts";
import { AlertBox } from "#components/ui/alert-box.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import type { WayFacts } from "./test-way.tsx";

export interface WayAnswerProps {
  readonly result: Result<WayFacts>;
  readonly onClose: () => void;
}

/** What the test of a provider found. */
export function WayAnswer({ result, onClose }: WayAnswerProps) {
  return (
    <AlertBox onClose={onClose} title={result.ok ? "The provider answers" : "The provider cannot be used like this"} closeLabel="Close">
      {result.ok ? (
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
        <p>{result.message}</p>
      )}
    </AlertBox>
  );
}
