"use client";
import { useSyncExternalStore } from "react";
import type { Result } from "#components/settings/result.ts";
import { Callout } from "#components/ui/callout.tsx";
import type { PasswordChoice } from "#lib/services/accounts/own-password-schema.ts";
import { ChoosePasswordForm } from "./choose-password-form.tsx";

export interface ChooseByLinkProps {
  readonly choose: (token: string, input: PasswordChoice) => Promise<Result>;
  readonly doneHref: string;
}

/** The token stands after `#`, where only the browser sees it. */
export function ChooseByLink({ choose, doneHref }: ChooseByLinkProps) {
  const token = useSyncExternalStore(
    (listener) => {
      window.addEventListener("hashchange", listener);
      return () => window.removeEventListener("hashchange", listener);
    },
    () => window.location.hash.slice(1),
    () => null,
  );
  if (token === "")
    return (
      <Callout tone="warn" title="This address is not whole">
        Open the link of the email once more, or copy all of it.
      </Callout>
    );
  return (
    <>
      <noscript>
        <p className="text-small text-ask">
          This page needs JavaScript: what the link proves stands where only the browser sees it. Allow it for Aivo, and load the page
          again.
        </p>
      </noscript>
      <ChoosePasswordForm choose={(input) => choose(token ?? "", input)} doneHref={doneHref} />
    </>
  );
}
