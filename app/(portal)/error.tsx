"use client";
import { NoticePage } from "#components/shell/notice-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code.tsx";

export default function PortalError({ error, reset }: { readonly error: Error & { digest?: string }; readonly reset: () => void }) {
  return (
    <NoticePage
      framed
      code="Error"
      title="This page could not be loaded"
      actions={
        <Button variant="primary" onClick={reset}>
          Try again
        </Button>
      }
    >
      <p>Nothing was changed. If it stays, tell whoever runs Aivo for you{error.digest ? " and give them this code:" : "."}</p>
      {error.digest ? (
        <p className="mt-2">
          <Code>{error.digest}</Code>
        </p>
      ) : null}
    </NoticePage>
  );
}
