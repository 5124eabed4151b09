import { Badge, StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { AddAdmin, type AdminInput } from "./add-admin.tsx";
import { Deactivate, Reactivate } from "./admin-status.tsx";
import { ChangeRole } from "./change-role.tsx";
import { ResetFactor } from "./reset-factor.tsx";
import type { Result } from "./result.ts";
import type { GivenRole, RoleChoices } from "./roles.ts";
import { SendLink } from "./send-link.tsx";

export interface Admin {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly status: "active" | "deactivated";
  /** False: they were invited and have not chosen one yet. */
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
  readonly isYou: boolean;
  readonly role: string;
  readonly schools: readonly string[];
}

export interface TeamActions {
  readonly add: (input: AdminInput) => Promise<Result>;
  readonly deactivate: (id: string) => Promise<Result>;
  readonly reactivate: (id: string) => Promise<Result>;
  readonly sendLink: (id: string) => Promise<Result>;
  readonly resetFactor: (id: string) => Promise<Result>;
  readonly giveRole: (id: string, role: GivenRole) => Promise<Result>;
}

export interface TeamProps {
  readonly admins: readonly Admin[];
  /** Null: whoever looks changes nothing of the team. */
  readonly actions: TeamActions | null;
  readonly choices: RoleChoices;
  readonly ownSignInHref: string;
  /** Whether links can be sent. */
  readonly isEmailOn: boolean;
  /** False: the district's own accounts are the only way in, and no link to choose a password is sent. */
  readonly hasPasswords: boolean;
}

const noPasswords = "The district signs in with its own accounts only, so there is no password to choose.";
const noEmail = "Email is not set up here. Whoever runs Aivo for you can do this with the command line.";

export function Team({ admins, actions, choices, ownSignInHref, isEmailOn, hasPasswords }: TeamProps) {
  return (
    <Card
      title="Admins"
      lead="Who looks after this district, and what each may see and do."
      flush
      actions={
        actions === null ? null : isEmailOn || !hasPasswords ? (
          <AddAdmin isInvited={hasPasswords} add={actions.add} choices={choices} />
        ) : (
          <Button unavailable={noEmail} icon={<Icon name="user-plus" />}>
            Add admin
          </Button>
        )
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
                {admin.status === "active" && !admin.hasPassword && hasPasswords ? <StateBadge tone="neutral">Invited</StateBadge> : null}
              </p>
              <p className="text-small break-words text-muted">
                {admin.email ?? "No email address"}
                {admin.status === "active" && admin.hasPassword ? ` · ${admin.hasSecondFactor ? "Second factor" : "Password alone"}` : null}
              </p>
              <p className="text-small break-words text-muted">{roleWords(admin, choices)}</p>
            </div>
            <div className="flex flex-wrap gap-2">
              {actions === null ? null : (
                <AdminActions
                  admin={admin}
                  admins={admins}
                  actions={actions}
                  choices={choices}
                  ownSignInHref={ownSignInHref}
                  whyNoLink={hasPasswords ? (isEmailOn ? null : noEmail) : noPasswords}
                />
              )}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function roleWords({ role, schools }: Admin, choices: RoleChoices): string {
  const label = choices.roles.find(({ value }) => value === role)?.label ?? role;
  const names = schools.map((id) => choices.schools.find((school) => school.id === id)?.name ?? "a school that is withdrawn");
  return names.length === 0 ? label : `${label}: ${names.join(", ")}`;
}

interface AdminActionsProps {
  readonly admin: Admin;
  readonly admins: readonly Admin[];
  readonly actions: TeamActions;
  readonly choices: RoleChoices;
  readonly ownSignInHref: string;
  /** Null: links can be sent. */
  readonly whyNoLink: string | null;
}

function AdminActions({ admin, admins, actions, choices, ownSignInHref, whyNoLink }: AdminActionsProps) {
  const isLast = admin.role === "admin" && admins.filter(({ status, role }) => status === "active" && role === "admin").length < 2;
  const whom = { id: admin.id, name: admin.name };
  if (admin.status === "deactivated") return <Reactivate admin={whom} reactivate={actions.reactivate} />;
  const why = isLast
    ? "This is the last district admin. Add another one first."
    : admin.isYou
      ? "You cannot deactivate your own account."
      : null;
  return (
    <>
      {admin.isYou || isLast ? null : (
        <ChangeRole {...whom} initial={{ role: admin.role, schools: admin.schools }} choices={choices} give={actions.giveRole} />
      )}
      {admin.isYou ? (
        <LinkButton size="sm" href={ownSignInHref}>
          Your sign-in
        </LinkButton>
      ) : whyNoLink === null && admin.email !== null ? (
        <SendLink
          admin={{ ...whom, email: admin.email, hasPassword: admin.hasPassword }}
          label={linkLabel(admin)}
          send={actions.sendLink}
        />
      ) : (
        <Button
          size="sm"
          unavailable={whyNoLink ?? "This account has no email address."}
          aria-label={`${linkLabel(admin)} for ${admin.name}`}
        >
          {linkLabel(admin)}
        </Button>
      )}
      {admin.hasSecondFactor && !admin.isYou ? <ResetFactor admin={whom} reset={actions.resetFactor} /> : null}
      {why === null ? (
        <Deactivate admin={whom} deactivate={actions.deactivate} />
      ) : (
        <Button size="sm" unavailable={why} aria-label={`Deactivate ${admin.name}`}>
          Deactivate
        </Button>
      )}
    </>
  );
}

const linkLabel = ({ hasPassword }: Admin) => (hasPassword ? "New password" : "Invite again");
