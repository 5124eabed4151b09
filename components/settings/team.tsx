"use client";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Badge, StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { AddAdmin, type AdminInput } from "./add-admin.tsx";
import { OneTimePassword } from "./one-time-password.tsx";
import { type Result, unreachable } from "./result.ts";

export interface Admin {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly status: "active" | "deactivated";
  readonly isYou: boolean;
}

export interface TeamActions {
  readonly add: (input: AdminInput) => Promise<Result<{ readonly password: string }>>;
  readonly deactivate: (id: string) => Promise<Result>;
  readonly reactivate: (id: string) => Promise<Result>;
  readonly resetPassword: (id: string) => Promise<Result<{ readonly password: string }>>;
}

export interface TeamProps {
  readonly admins: readonly Admin[];
  readonly actions: TeamActions;
  readonly passwordHref: string;
}

export function Team({ admins, actions, passwordHref }: TeamProps) {
  const [adding, setAdding] = useState(false);
  const [issued, setIssued] = useState<{ readonly who: string; readonly password: string } | null>(null);
  const trigger = (
    <Button variant="primary" icon={<UserPlus aria-hidden />}>
      Add admin
    </Button>
  );
  return (
    <>
      <Card
        title="District admins"
        lead="They can see and change everything in this portal."
        flush
        actions={
          <AddAdmin
            trigger={trigger}
            open={adding}
            onOpenChange={setAdding}
            add={actions.add}
            onAdded={(who, password) => setIssued({ who, password })}
          />
        }
      >
        <ul className="divide-y divide-line border-b border-line">
          {admins.map((admin) => (
            <li key={admin.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-2.5">
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-2 text-sm font-strong">
                  {admin.name}
                  {admin.isYou ? <Badge>You</Badge> : null}
                  {admin.status === "deactivated" ? <StateBadge tone="neutral">Deactivated</StateBadge> : null}
                </p>
                <p className="text-small break-words text-muted">{admin.email ?? "No email address"}</p>
              </div>
              <div className="flex flex-wrap gap-2">
                <AdminActions
                  admin={admin}
                  admins={admins}
                  actions={actions}
                  passwordHref={passwordHref}
                  onIssued={(password) => setIssued({ who: admin.name, password })}
                />
              </div>
            </li>
          ))}
        </ul>
      </Card>
      <OneTimePassword issued={issued} onClose={() => setIssued(null)} />
    </>
  );
}

interface AdminActionsProps {
  readonly admin: Admin;
  readonly admins: readonly Admin[];
  readonly actions: TeamActions;
  readonly passwordHref: string;
  readonly onIssued: (password: string) => void;
}

function AdminActions({ admin, admins, actions, passwordHref, onIssued }: AdminActionsProps) {
  const [pending, setPending] = useState(false);
  const isLast = admins.filter((other) => other.status === "active").length < 2;
  if (admin.status === "deactivated") {
    const reactivate = async () => {
      setPending(true);
      const result = await actions.reactivate(admin.id).catch(() => unreachable);
      setPending(false);
      if (!result.ok) toast({ tone: "bad", title: "Not reactivated", description: result.message });
    };
    return (
      <Button size="sm" pending={pending} onClick={reactivate} aria-label={`Reactivate ${admin.name}`}>
        Reactivate
      </Button>
    );
  }
  const why = isLast
    ? "This is the district’s last admin. Add another one first."
    : admin.isYou
      ? "You cannot deactivate your own account."
      : null;
  return (
    <>
      {admin.isYou ? (
        <LinkButton size="sm" href={passwordHref}>
          Change your password
        </LinkButton>
      ) : (
        <ResetPassword admin={admin} reset={actions.resetPassword} onIssued={onIssued} />
      )}
      {why === null ? (
        <Deactivate admin={admin} deactivate={actions.deactivate} />
      ) : (
        <Button size="sm" unavailable={why} aria-label={`Deactivate ${admin.name}`}>
          Deactivate
        </Button>
      )}
    </>
  );
}

function Deactivate({ admin, deactivate }: { readonly admin: Admin; readonly deactivate: TeamActions["deactivate"] }) {
  const confirm = async () => {
    const result = await deactivate(admin.id).catch(() => unreachable);
    return result.ok ? null : result.message;
  };
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Deactivate ${admin.name}`}>
          Deactivate
        </Button>
      }
      title={`Deactivate ${admin.name}?`}
      confirmLabel={`Deactivate ${admin.name}`}
      tone="danger"
      onConfirm={confirm}
    >
      <p>
        {admin.name} is signed out everywhere at once and cannot sign in again until an admin reactivates the account. What they did stays
        in the audit log.
      </p>
    </ConfirmDialog>
  );
}

function ResetPassword({
  admin,
  reset,
  onIssued,
}: {
  readonly admin: Admin;
  readonly reset: TeamActions["resetPassword"];
  readonly onIssued: (password: string) => void;
}) {
  const confirm = async () => {
    const result = await reset(admin.id).catch(() => unreachable);
    if (!result.ok) return result.message;
    onIssued(result.data.password);
    return null;
  };
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`New password for ${admin.name}`}>
          New password
        </Button>
      }
      title={`Make a new password for ${admin.name}?`}
      confirmLabel="Make a new password"
      tone="primary"
      onConfirm={confirm}
    >
      <p>The old password stops working and {admin.name} is signed out everywhere. The new one is shown to you once.</p>
    </ConfirmDialog>
  );
}
