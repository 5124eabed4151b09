"use client";
import { useEffect, useState } from "react";
import { unreachable } from "#components/settings/result.ts";
import { SignOutButton } from "#components/shell/sign-out.tsx";
import { looks } from "#components/ui/button-looks.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { ProofKind } from "#lib/services/accounts/factors/schema.ts";
import type { ConfirmHostProps } from "./confirm-host.tsx";
import { Prove } from "./prove.tsx";

export interface ConfirmItIsYouProps extends ConfirmHostProps {
  readonly why: string;
  readonly onAnswer: (isConfirmed: boolean) => void;
}

/** Asks who it is, by what this person has. What was being done goes on behind it. */
export function ConfirmItIsYou({ why, actions, signInHref, onAnswer }: ConfirmItIsYouProps) {
  const [ways, setWays] = useState<readonly ProofKind[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { ways: load } = actions;
  useEffect(() => {
    let isOpen = true;
    load()
      .catch(() => unreachable)
      .then((answer) => {
        if (!isOpen) return;
        if (answer.ok) setWays(answer.data);
        else setError(answer.message);
      });
    return () => {
      isOpen = false;
    };
  }, [load]);
  return (
    <Dialog open onOpenChange={() => onAnswer(false)} title="Confirm that it is you" description={why}>
      <FormErrorSummary message={error} />
      {ways === null ? null : ways.length === 0 ? (
        <>
          <p className="text-sm text-soft">Sign out and in again: for ten minutes after that you are not asked.</p>
          <p>
            <SignOutButton to={signInHref} label="Sign out" className={looks({})} />
          </p>
        </>
      ) : (
        <Prove ways={ways} actions={actions} onProved={() => onAnswer(true)} label="Confirm" />
      )}
    </Dialog>
  );
}
