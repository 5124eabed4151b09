import Link from "next/link";
import { PersonSync } from "#app/(portal)/integrations/person-sync.tsx";
import { releaseHold } from "#app/(portal)/settings/retention/actions.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { PersonData } from "#components/retention/person-data.tsx";
import type { PersonActions } from "#components/roster/edit-actions.ts";
import { EditForm } from "#components/roster/edit-form.tsx";
import { EditHistory } from "#components/roster/edit-history.tsx";
import { Origins } from "#components/roster/origins.tsx";
import { PersonClassrooms } from "#components/roster/person-classrooms.tsx";
import { AskWhy, DoNow } from "#components/roster/standing.tsx";
import { BarredNote, StandingNote } from "#components/roster/standing-note.tsx";
import { BarredBadge, StatusBadge } from "#components/roster/status.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { getRecordEdits } from "#lib/services/edits/read.ts";
import type { RecordEdits } from "#lib/services/edits/schema.ts";
import type { Origin } from "#lib/services/origins/schema.ts";
import { getPerson } from "#lib/services/people/read.ts";
import type { NamedRef, PersonDetail, PersonRole } from "#lib/services/people/schema.ts";
import { viewErasure } from "#lib/services/retention/erase.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";
import {
  bar,
  deactivatePerson,
  erasePersonData,
  holdPerson,
  reactivatePerson,
  release,
  releaseRecordStatus,
  savePerson,
  unbar,
} from "./actions.ts";
import { personFields } from "./edit-fields.ts";
import { type Fact, markEdits } from "./edit-marks.tsx";
import { rosterLinks } from "./roster-links.ts";

export type RecordParams = Promise<{ readonly id: string }>;

export async function PersonPage({ role, params }: { readonly role: PersonRole; readonly params: RecordParams }) {
  const scope = await adminPage();
  const { id } = await params;
  const opened = await services();
  const person = await pageResult(await addressOfPage(), () => getPerson(opened, scope, role, id));
  const [edits, schools, erasure] = await Promise.all([
    getRecordEdits(opened, scope, "account", id),
    listSchoolNames(opened, scope),
    viewErasure(opened, scope, id),
  ]);
  const kind = role === "teacher" ? "teachers" : "learners";
  const actions: PersonActions = {
    save: savePerson.bind(null, id),
    release: release.bind(null, "account", id),
    releaseStatus: releaseRecordStatus.bind(null, "account", id),
    deactivate: deactivatePerson.bind(null, id),
    reactivate: reactivatePerson.bind(null, id),
    bar: bar.bind(null, id),
    unbar: unbar.bind(null, id),
  };
  const items = [...nameFacts(person), ...(role === "learner" ? learnerFacts(person) : []), ...facts(person)];
  return (
    <>
      <PageHeader
        title={fullName(person)}
        state={
          <>
            <StatusBadge status={person.status} />
            {person.barredAt === null ? null : <BarredBadge />}
          </>
        }
        breadcrumbs={[{ label: role === "teacher" ? "Teachers" : "Learners", href: paths.roster(kind) }]}
        actions={<Actions person={person} schools={schools} edits={edits} actions={actions} />}
      />
      <StandingNote
        noun={role}
        status={person.status}
        by={person.deactivatedBy}
        at={person.deactivatedAt}
        edits={edits}
        releaseStatus={actions.releaseStatus}
      />
      <BarredNote at={person.barredAt} history={edits.history} />
      <Card title="Details">
        <KeyValue items={markEdits(items, edits, id, person.origins)} />
      </Card>
      <PersonClassrooms classrooms={person.classrooms} links={rosterLinks} />
      <EditHistory history={edits.history} links={rosterLinks} />
      <Origins status={person.status} origins={person.origins} links={rosterLinks} noun={role} sync={syncOf} />
      <PersonData
        view={erasure}
        exportHref={paths.api.personExport(id)}
        listHref={paths.roster(kind)}
        hold={holdPerson.bind(null, id)}
        release={releaseHold.bind(null, id)}
        erase={erasePersonData.bind(null, id)}
      />
    </>
  );
}

/** A removed integration is asked nothing any more. */
function syncOf({ integrationId, integrationName, integrationState, provider, externalId }: Origin) {
  if (integrationState === "removed") return null;
  const isPaused = integrationState === "paused";
  return <PersonSync {...{ integrationId, integrationName, provider, isPaused, externalId }} />;
}

interface ActionsProps {
  readonly person: PersonDetail;
  readonly schools: readonly NamedRef[];
  readonly edits: RecordEdits;
  readonly actions: PersonActions;
}

function Actions({ person, schools, edits, actions }: ActionsProps) {
  const name = fullName(person);
  return (
    <>
      <LinkButton href={paths.whyPerson({ who: person.id })}>Why?</LinkButton>
      {person.barredAt === null ? (
        <AskWhy
          label="Bar"
          title={`Bar ${name} from signing in?`}
          confirmLabel={`Bar ${name}`}
          done={`${name} cannot sign in`}
          act={actions.bar}
        >
          <p>{name} is signed out and cannot sign in until an admin allows it again. They stay in their classrooms, and syncs go on.</p>
        </AskWhy>
      ) : (
        <DoNow label="Allow to sign in" done={`${name} can sign in again`} failed="Not changed" act={actions.unbar} />
      )}
      {person.status === "active" ? (
        <AskWhy
          label="Deactivate"
          title={`Deactivate ${name}?`}
          confirmLabel={`Deactivate ${name}`}
          done={`${name} is deactivated`}
          act={actions.deactivate}
        >
          <p>
            {name} is signed out, cannot sign in and is shown in no classroom, whatever the SIS says, until an admin reactivates them or
            gives their status back to the SIS.
          </p>
        </AskWhy>
      ) : (
        <DoNow label="Reactivate" done={`${name} is active`} failed="Not reactivated" act={actions.reactivate} />
      )}
      <EditForm title={`Edit ${name}`} fields={personFields(person, schools)} isFromSis={edits.isFromSis} save={actions.save} />
    </>
  );
}

/** The title says the name; its parts are shown where they were edited. */
function nameFacts(person: PersonDetail): Fact[] {
  return [
    { label: "First name", value: person.givenName || null, column: "given_name", onlyEdited: true },
    { label: "Middle name", value: person.middleName, column: "middle_name", onlyEdited: true },
    { label: "Last name", value: person.familyName || null, column: "family_name", onlyEdited: true },
  ];
}

function learnerFacts(person: PersonDetail): Fact[] {
  return [
    { label: "Grade", value: person.grade === null ? null : formatGrade(person.grade), column: "grade" },
    { label: "Student number", value: person.studentNumber, column: "student_number" },
  ];
}

function facts(person: PersonDetail): Fact[] {
  const schools = person.schools.map((school) => (
    <li key={school.id}>
      <Link href={rosterLinks.school(school.id)} className="text-link">
        {school.name}
      </Link>
    </li>
  ));
  return [
    { label: "Email", value: person.email, column: "email" },
    {
      label: person.schools.length > 1 ? "Schools" : "School",
      value: schools.length === 0 ? null : <ul>{schools}</ul>,
      column: "school_ids",
    },
    { label: "User name", value: person.username, column: "username" },
    { label: "In Aivo since", value: <DateTime at={person.createdAt} as="date" /> },
    { label: "Last changed", value: <DateTime at={person.updatedAt} /> },
    { label: "Aivo id", value: <Copyable value={person.id} label="Aivo id" /> },
  ];
}
