"use client";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code.tsx";
import { NoticePage } from "./notice-page.tsx";

export interface ErrorNoticeProps {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}

/** A page that could not be loaded: what that means, the code for whoever looks into it, and another try. */
export function ErrorNotice({ error, reset, framed = false }: ErrorNoticeProps & { readonly framed?: boolean }) {
  return (
    <NoticePage
      framed={framed}
      code="Error"
      title="This page could not be loaded"
      actions={
        <Button variant="primary" onClick={reset}>
          Try again
        </Button>
      }
    >
      <p>Nothing was changed, and syncs go on without this page. Try again in a minute; often the database was only away for a moment.</p>
      <p>
        If it stays, tell whoever runs Aivo for you
        {error.digest ? (
          <>
            , with this code, which finds the error in their log: <Code>{error.digest}</Code>
          </>
        ) : (
          "."
        )}
      </p>
    </NoticePage>
  );
}
