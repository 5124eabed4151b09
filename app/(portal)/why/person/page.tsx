import type { Metadata } from "next";
import Link from "next/link";
import { hrefFor } from "#app/(portal)/why/why-links.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { addressOfPage, allowed, reachPage } from "#app/session.ts";
import { Card } from "#components/ui/card.tsx";
import { Code } from "#components/ui/code.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { Chain } from "#components/why/chain.tsx";
import { FourWords } from "#components/why/four-words.tsx";
import { Where } from "#components/why/where.tsx";
import { MissingList, WhyClasses } from "#components/why/why-classes.tsx";
import type { HrefOf } from "#components/why/why-words.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { show } from "#lib/services/views/record.ts";
import { besideFourWords, endOfPerson, fourWords } from "#lib/services/why/four-words.ts";
import { whyPerson } from "#lib/services/why/person.ts";
import { type ClassHit, type PersonWhy, type Ref, readRef, type SeesWhy, WhyQuery, whereaboutsWords } from "#lib/services/why/schema.ts";
import { searchClasses } from "#lib/services/why/search.ts";
import { whySees } from "#lib/services/why/sees.ts";

export const metadata: Metadata = { title: "Why" };

export default async function WhyPersonPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await reachPage("read-roster");
  const hrefOf = hrefFor(await allowed());
  const query = WhyQuery.parse(await firstOf(searchParams));
  const opened = await services();
  const { why, sees, found } = await pageResult(await addressOfPage(), async () => {
    const who = refOf(query.who);
    return {
      why: await show(opened, scope, { door: "/why/person" }, await whyPerson(opened, scope, who)),
      sees: query.sees === "" ? null : await whySees(opened, scope, who, refOf(query.sees)),
      found: await searchClasses(opened, scope, query.class),
    };
  });
  const classHref = (ref: string) => paths.whyPerson({ who: query.who, q: query.q, sees: ref });
  const { accountId, role } = why;
  return (
    <>
      <PageHeader
        title={why.name}
        state={<Where where={why.where} />}
        lead={why.answer}
        breadcrumbs={[{ label: "Why", href: paths.why({ q: query.q }) }]}
        actions={
          accountId !== null && (role === "teacher" || role === "learner") ? (
            <LinkButton href={paths.rosterRecord(role === "teacher" ? "teachers" : "learners", accountId)}>Their page</LinkButton>
          ) : null
        }
      />
      {why.sources.length === 0 ? null : (
        <Card title="From the SIS to Aivo">
          <FourWords
            rows={why.sources.map((source) => ({ name: source.integrationName, words: fourWords(source, endOfPerson(why)) }))}
            hrefOf={hrefOf}
          />
        </Card>
      )}
      <Sees why={why} sees={sees} found={found} words={query.class} classHref={classHref} hrefOf={hrefOf} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        {why.sources.map((source) => (
          <Card
            key={`${source.integrationId} ${source.externalId}`}
            title={`Also of ${source.integrationName}`}
            lead={
              <>
                Its id in the SIS: <Code>{source.externalId}</Code>
              </>
            }
          >
            <Chain label={`Also of ${source.integrationName}`} links={besideFourWords(source)} hrefOf={hrefOf} />
          </Card>
        ))}
        {why.inAivo.length === 0 ? null : (
          <Card title="In Aivo" lead={why.sources.length === 0 ? "Added by hand: no SIS knows them." : undefined}>
            <Chain label="In Aivo" links={why.inAivo} hrefOf={hrefOf} />
          </Card>
        )}
      </div>
      {accountId === null ? null : <WhyClasses classes={why.classes} hrefFor={classHref} />}
      <MissingList missing={why.missing} hasMore={why.hasMoreMissing} hrefFor={classHref} />
    </>
  );
}

/** @throws ServiceError `not-found` */
function refOf(text: string): Ref {
  const ref = readRef(text);
  if (ref === null) throw new ServiceError("not-found", "Nobody is named.");
  return ref;
}

interface SeesProps {
  readonly why: PersonWhy;
  readonly sees: SeesWhy | null;
  readonly found: readonly ClassHit[];
  readonly words: string;
  readonly classHref: (ref: string) => string;
  readonly hrefOf: HrefOf;
}

/** Whether they see a class: one of theirs, or any that is found. */
function Sees({ why, sees, found, words, classHref, hrefOf }: SeesProps) {
  return (
    <Card title="Can they see a class?">
      <div className="grid gap-4">
        <div className="flex flex-wrap gap-2">
          <FilterSelect name="sees" label="Class" allLabel="Choose a class" options={optionsOf(why, sees)} />
          <SearchField name="class" label="Another class" placeholder="Another class, by name or code" />
        </div>
        {words === "" ? null : (
          <ul aria-label="Classes found" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {found.length === 0 ? <li className="text-muted">No class is found by “{words}”.</li> : null}
            {found.map(({ ref, name, schoolName, where }) => (
              <li key={ref}>
                <Link href={classHref(ref)} className="text-link">
                  {name}
                </Link>{" "}
                <span className="text-muted">
                  {[schoolName, where === "active" ? null : whereaboutsWords[where]].filter(Boolean).join(", ")}
                </span>
              </li>
            ))}
          </ul>
        )}
        {sees === null ? null : (
          <div className="grid gap-4">
            <p className="font-medium">{sees.answer}</p>
            <Chain label={`${sees.personName} and ${sees.className}`} links={sees.links} hrefOf={hrefOf} />
          </div>
        )}
      </div>
    </Card>
  );
}

function optionsOf({ classes, missing }: PersonWhy, sees: SeesWhy | null) {
  const named = [
    ...[...classes.now, ...classes.upcoming, ...classes.ended, ...classes.earlier].map(({ id, name }) => [id, name] as const),
    ...missing.flatMap(({ classRef, className }) => (classRef === null ? [] : [[classRef, `${className} (did not arrive)`] as const])),
    ...(sees === null ? [] : [[sees.classRef, sees.className] as const]),
  ];
  const seen = new Set<string>();
  return named.flatMap(([value, label]) => {
    if (seen.has(value)) return [];
    seen.add(value);
    return { value, label };
  });
}
