import Link from "next/link";
import { PersonSync } from "#app/(portal)/integrations/person-sync.tsx";
import { releaseHold } from "#app/(portal)/settings/retention/actions.ts";
import { hrefFor } from "#app/(portal)/why/why-links.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage, allowed, reachPage } from "#app/session.ts";
import { WhoLooked } from "#components/audit/who-looked.tsx";
import { HeldNote } from "#components/retention/held-note.tsx";
import { EditForm } from "#components/roster/edit-form.tsx";
import { LostList } from "#components/roster/lost-list.tsx";
import { Origins } from "#components/roster/origins.tsx";
import { PersonClassrooms } from "#components/roster/person-classrooms.tsx";
import { PersonMenu } from "#components/roster/person-menu.tsx";
import { RecordChain } from "#components/roster/record-chain.tsx";
import { RecordHistory } from "#components/roster/record-history.tsx";
import { RecordLayout } from "#components/roster/record-layout.tsx";
import { RecordSentence } from "#components/roster/record-sentence.tsx";
import { BarredNote, StandingNote } from "#components/roster/standing-note.tsx";
import { ValuesTable } from "#components/roster/values-table.tsx";
import { Identity, PageHeader } from "#components/ui/page-header.tsx";
import { SchoolName } from "#components/ui/school-mark.tsx";
import { whyNoPersonAlone } from "#lib/engine/sis/one-person.ts";
import { isOfSchools } from "#lib/platform/access.ts";
import { beside } from "#lib/platform/beside.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { type PersonRecord, readPersonRecord } from "#lib/services/chain/person.ts";
import type { Origin } from "#lib/services/origins/schema.ts";
import type { NamedRef, PersonDetail, PersonRole } from "#lib/services/people/schema.ts";
import { viewErasure } from "#lib/services/retention/erase.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";
import { readPersonViews } from "#lib/services/views/read.ts";
import { show } from "#lib/services/views/record.ts";
import { wordsOf } from "#lib/services/views/words.ts";
import { bar, deactivatePerson, erasePersonData, holdPerson, reactivatePerson, releaseRecordStatus, savePerson, unbar } from "./actions.ts";
import { personFields } from "./edit-fields.ts";
import { editedMarks } from "./edit-marks.tsx";
import { historyHref, historyPageOf, type RecordPageProps } from "./record-params.ts";
import { ownRosterLinks, rosterLinks } from "./roster-links.ts";

const doors = { teacher: "/roster/teachers/[id]", learner: "/roster/learners/[id]" } as const;
const syncOutcome = "sync-outcome";

export async function PersonPage({ role, params, searchParams }: RecordPageProps & { readonly role: PersonRole }) {
  const scope = await reachPage("read-roster");
  const { id } = await params;
  const page = await historyPageOf(searchParams);
  const opened = await services();
  const can = await allowed();
  const [record, [schools, erasure]] = await pageResult(await addressOfPage(), () =>
    beside(
      () =>
        readPersonRecord(opened, scope, role, id, page ?? 1).then((read) => show(opened, scope, { door: doors[role], subject: id }, read)),
      () => Promise.all([listSchoolNames(opened, scope), isOfSchools(scope) ? null : viewErasure(opened, scope, id)]),
    ),
  );
  const kind = role === "teacher" ? "teachers" : "learners";
  const { person, edits, lost } = record;
  const links = await ownRosterLinks();
  const name = person.givenName || person.familyName;
  return (
    <>
      <PageHeader
        identity={<WhoTheyAre person={person} schools={schools} />}
        title={<RecordSentence sentence={record.sentence} />}
        breadcrumbs={[{ label: role === "teacher" ? "Teachers" : "Learners", href: paths.roster(kind) }]}
        actions={
          <>
            {can("run-syncs") ? <SyncNow person={person} name={name} /> : null}
            {can("edit-people") ? (
              <EditForm
                title={`Edit ${fullName(person)}`}
                fields={personFields(person, schools)}
                isFromSis={edits.isFromSis}
                save={savePerson.bind(null, id)}
              />
            ) : null}
            <PersonMenu
              name={fullName(person)}
              isActive={person.status === "active"}
              isBarred={person.barredAt !== null}
              actions={
                can("edit-people")
                  ? {
                      deactivate: deactivatePerson.bind(null, id),
                      reactivate: reactivatePerson.bind(null, id),
                      bar: bar.bind(null, id),
                      unbar: unbar.bind(null, id),
                    }
                  : null
              }
              retention={
                erasure !== null && can("erase-people")
                  ? {
                      hold: holdPerson.bind(null, id),
                      release: releaseHold.bind(null, id),
                      erase: erasePersonData.bind(null, id),
                      view: erasure,
                    }
                  : null
              }
              listHref={paths.roster(kind)}
              exportHref={can("export") ? paths.api.personExport(id) : null}
              whyHref={paths.whyPerson({ who: id })}
            />
          </>
        }
      />
      <div id={syncOutcome} className="empty:hidden" />
      <StandingNote
        noun={role}
        status={person.status}
        by={person.deactivatedBy}
        at={person.deactivatedAt}
        edits={edits}
        releaseStatus={can("edit-people") ? releaseRecordStatus.bind(null, "account", id) : null}
      />
      <BarredNote at={person.barredAt} history={edits.history} />
      <HeldNote hold={erasure?.hold ?? null} />
      <RecordChain rows={record.came} links={links} />
      <RecordLayout
        lost={lost.length === 0 ? null : <LostList lost={lost} name={name} other="class" hrefOf={hrefFor(can)} />}
        history={<RecordHistory history={record.history} isShort={page === null} links={links} hrefFor={historyHref(kind, id)} />}
      >
        <Classes record={record} />
        <div id="values" className="scroll-mt-24 lg:order-first">
          <ValuesTable values={record.values} editedMark={editedMarks(edits, "account", id, can("edit-people"))} />
        </div>
        <Origins record={person} origins={person.origins} links={links} noun={role} note={whyNotAlone} />
        {can("read-audit-log") ? <Looks personId={id} /> : null}
      </RecordLayout>
    </>
  );
}

function WhoTheyAre({ person, schools }: { readonly person: PersonDetail; readonly schools: readonly NamedRef[] }) {
  return (
    <Identity name={fullName(person)}>
      {person.role === "teacher" ? <span>Teacher</span> : null}
      {person.grade === null ? null : <span>{formatGrade(person.grade)}</span>}
      {person.schools.map(({ id, name }) => {
        const place = schools.findIndex((school) => school.id === id);
        return (
          <Link key={id} href={rosterLinks.school(id)} className="min-w-0 hover:underline">
            <SchoolName name={name} place={place < 0 ? null : place} />
          </Link>
        );
      })}
      {person.studentNumber === null ? null : <span>No. {person.studentNumber}</span>}
    </Identity>
  );
}

/** With this look, which is recorded by now. */
async function Looks({ personId }: { readonly personId: string }) {
  const views = await readPersonViews(await services(), await adminPage("read-audit-log"), personId);
  return <WhoLooked views={views} wordsOf={wordsOf} allHref={paths.views({ person: personId })} />;
}

/** One button for each SIS that can be asked about one person. A removed integration is asked nothing any more. */
function SyncNow({ person, name }: { readonly person: PersonDetail; readonly name: string }) {
  const able = person.origins.filter((origin) => origin.integrationState !== "removed" && whyNoPersonAlone(origin.provider) === null);
  return able.map((origin) => (
    <PersonSync
      key={`${origin.integrationId} ${origin.externalId}`}
      integrationId={origin.integrationId}
      integrationName={origin.integrationName}
      provider={origin.provider}
      isPaused={origin.integrationState === "paused"}
      externalId={origin.externalId}
      label={able.length === 1 ? `Sync ${name} Now` : `Sync ${name} from ${origin.integrationName}`}
      outcomeIn={syncOutcome}
    />
  ));
}

function whyNotAlone({ integrationState, provider }: Origin): string | null {
  return integrationState === "removed" ? null : whyNoPersonAlone(provider);
}

function Classes({ record: { person, lost } }: { readonly record: PersonRecord }) {
  return (
    <PersonClassrooms
      classrooms={person.classrooms}
      missing={lost.filter(({ isEnrollment, isDecided }) => isEnrollment && !isDecided)}
      links={rosterLinks}
      whyHref={(ref) => paths.whyPerson({ who: person.id, sees: ref })}
    />
  );
}
