import { clsx } from "clsx";
import Link from "next/link";
import { placeOf } from "#components/issues/issue-words.ts";
import { Card } from "#components/ui/card.tsx";
import { Code } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue, type KeyValueItem } from "#components/ui/key-value.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import type { Candidate, ConflictDetail } from "#lib/services/conflicts/schema.ts";
import { nameOf } from "./conflict-words.ts";

export interface BothSidesProps {
  readonly conflict: ConflictDetail;
  readonly hrefFor: (account: Candidate) => string | null;
}

/** What the SIS says of the person beside each account that it may be; what differs stands out. */
export function BothSides({ conflict, hrefFor }: BothSidesProps) {
  return (
    <div className={clsx("grid items-start gap-6 md:grid-cols-2", conflict.candidates.length > 1 && "xl:grid-cols-3")}>
      <Card title="The SIS says">
        <KeyValue items={[...telling(conflict.person), ...sisFacts(conflict)]} />
      </Card>
      {conflict.candidates.map((account) => (
        <AccountCard key={account.id} account={account} conflict={conflict} href={hrefFor(account)} />
      ))}
      {conflict.accountCount > conflict.candidates.length ? (
        <p className="text-sm text-muted">{conflict.accountCount - conflict.candidates.length} more accounts have been purged.</p>
      ) : null}
    </div>
  );
}

/** An account, compared with what the SIS says. */
export function AccountCard({
  account,
  conflict,
  href,
}: {
  readonly account: Candidate;
  readonly conflict: ConflictDetail;
  readonly href: string | null;
}) {
  return (
    <Card
      title={
        href === null ? (
          `In Aivo: ${nameOf(account)}`
        ) : (
          <>
            In Aivo:{" "}
            <Link href={href} className="text-link">
              {nameOf(account)}
            </Link>
          </>
        )
      }
    >
      <KeyValue items={[...telling(account, conflict.person), ...accountFacts(account)]} />
    </Card>
  );
}

const roles: Readonly<Record<string, string>> = { teacher: "Teacher", learner: "Learner", admin: "District admin" };

function telling(person: ConflictDetail["person"], other: ConflictDetail["person"] = person): KeyValueItem[] {
  const fact = (label: string, key: "givenName" | "familyName" | "email" | "studentNumber") => ({
    label,
    value: marked(person[key] || null, (person[key] ?? "") !== (other[key] ?? "")),
  });
  return [
    fact("First name", "givenName"),
    fact("Last name", "familyName"),
    fact("Email", "email"),
    fact("Student number", "studentNumber"),
    { label: "Kind", value: marked(roles[person.role] ?? person.role, person.role !== other.role) },
  ];
}

function marked(value: string | null, differs: boolean) {
  if (!differs) return value;
  return (
    <span className={clsx("wrap-anywhere", value === null ? "text-muted italic" : "font-semibold")}>
      {value ?? "blank"} <span className="text-small font-normal text-ask">differs</span>
    </span>
  );
}

function sisFacts(conflict: ConflictDetail): KeyValueItem[] {
  return [
    { label: "Grade", value: conflict.grade === null ? null : formatGrade(conflict.grade) },
    { label: "Schools", value: conflict.schools.length === 0 ? null : conflict.schools.join(", ") },
    { label: "Classes", value: classesOf(conflict) },
    { label: "Its id in the SIS", value: <Code>{conflict.externalId}</Code> },
    { label: "Where it stood", value: placeOf(conflict) },
  ];
}

function accountFacts(account: Candidate): KeyValueItem[] {
  return [
    { label: "Grade", value: account.grade === null ? null : formatGrade(account.grade) },
    { label: "Schools", value: account.schools.length === 0 ? null : account.schools.join(", ") },
    { label: "Classes", value: classesOf(account) },
    { label: "Status", value: account.status === "active" ? "Active" : "Deactivated" },
    { label: "Can sign in with a password", value: account.hasPassword ? "Yes, one was set" : "No password was set" },
    { label: "In Aivo since", value: <DateTime at={account.createdAt} as="date" /> },
    {
      label: "Its ids in the SIS",
      value:
        account.ids.length === 0 ? (
          "None: made by hand"
        ) : (
          <ul className="grid gap-0.5">
            {account.ids.map(({ integration, externalId, isRostered }) => (
              <li key={`${integration} ${externalId}`}>
                <Code>{externalId}</Code>{" "}
                <span className="text-muted">
                  {integration}
                  {isRostered ? "" : ", no longer sent"}
                </span>
              </li>
            ))}
          </ul>
        ),
    },
  ];
}

function classesOf({ classes, classCount }: Pick<Candidate, "classes" | "classCount">): string | null {
  if (classCount === 0) return null;
  return classCount > classes.length ? `${classes.join(", ")} and ${classCount - classes.length} more` : classes.join(", ");
}
