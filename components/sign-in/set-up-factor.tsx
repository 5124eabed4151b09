"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { AddPasskey } from "./add-passkey.tsx";
import type { AddFactorActions } from "./factor-actions.ts";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { SetUpApp } from "./set-up-app.tsx";

export interface SetUpFactorProps {
  readonly actions: AddFactorActions;
  readonly doneHref: string;
}

/** The step of signing in where the district demands a second factor and there is none. */
export function SetUpFactor({ actions, doneHref }: SetUpFactorProps) {
  const [way, setWay] = useState<"passkey" | "app" | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const goOn = () => window.location.assign(doneHref);
  const added = ({ codes: made }: { readonly codes: readonly string[] | null }) => (made === null ? goOn() : setCodes(made));
  if (codes !== null)
    return (
      <div className="grid gap-5">
        <h2 className="text-head">Your recovery codes</h2>
        <RecoveryCodes codes={codes} />
        <Button variant="primary" className="w-full" onClick={goOn}>
          I have kept them
        </Button>
      </div>
    );
  if (way === null)
    return (
      <ul className="grid gap-3">
        <li className="grid gap-1">
          <Button variant="primary" className="w-full" onClick={() => setWay("passkey")}>
            Passkey
          </Button>
          <p className="text-small text-muted">This device’s lock, or a security key. Nothing to type.</p>
        </li>
        <li className="grid gap-1">
          <Button className="w-full" onClick={() => setWay("app")}>
            Authenticator app
          </Button>
          <p className="text-small text-muted">A code from an app on your phone.</p>
        </li>
      </ul>
    );
  return (
    <div className="grid gap-5">
      {way === "passkey" ? (
        <AddPasskey {...actions} onAdded={added} />
      ) : (
        <SetUpApp begin={actions.beginApp} finish={actions.finishApp} onAdded={added} />
      )}
      <Button onClick={() => setWay(null)}>Choose another way</Button>
    </div>
  );
}
