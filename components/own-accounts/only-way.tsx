"use client";
import { useRouter } from "next/navigation";
import { confirmed } from "#components/confirm/confirmed.ts";
import { type Result, unreachable } from "#components/settings/result.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

export interface OnlyWayProps {
  readonly isOnly: boolean;
  /** Whether an admin has signed in with the district's accounts as they are set up now. */
  readonly isProven: boolean;
  readonly set: (isOnly: boolean) => Promise<Result>;
}

const notProven = "First an admin has to sign in with the district’s accounts once, so that nobody is locked out.";

export function OnlyWay({ isOnly, isProven, set }: OnlyWayProps) {
  const router = useRouter();
  const confirm = async () => {
    const result = await confirmed(set)(!isOnly).catch(() => unreachable);
    router.refresh();
    return result.ok ? null : result.message;
  };
  const label = isOnly ? "Allow passwords" : "Make it the only way";
  return (
    <Card title="Passwords" className="max-w-2xl">
      <div className="grid gap-4">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          {isOnly ? <StateBadge tone="good">Off</StateBadge> : <StateBadge tone="neutral">On</StateBadge>}
          {isOnly
            ? "The district’s own accounts are the only way to sign in."
            : "Who has a password can sign in with it, beside the district’s accounts."}
        </p>
        <div>
          {isOnly || isProven ? (
            <ConfirmDialog
              trigger={<Button>{label}</Button>}
              title={isOnly ? "Allow passwords again?" : "Make the district’s accounts the only way in?"}
              confirmLabel={label}
              tone="primary"
              onConfirm={confirm}
            >
              <p>
                {isOnly
                  ? "Passwords that people had work again."
                  : "No password of the district signs anybody in from now on, admins’ included, and no link to choose one is sent. Sessions that go on do so. If the provider fails one day, whoever runs Aivo for you can allow passwords again."}
              </p>
            </ConfirmDialog>
          ) : (
            <Button unavailable={notProven}>{label}</Button>
          )}
        </div>
      </div>
    </Card>
  );
}
