import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { reachPage } from "#app/session.ts";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { DidYouMean } from "#components/ui/did-you-mean.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { HitList } from "#components/why/hit-list.tsx";
import { findAlike } from "#lib/services/find/find.ts";
import { show } from "#lib/services/views/record.ts";
import { mostHits, WhyQuery } from "#lib/services/why/schema.ts";
import { searchWhy } from "#lib/services/why/search.ts";

export const metadata: Metadata = { title: "Why" };

export default async function WhyPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await reachPage("read-roster");
  const { q } = WhyQuery.parse(await firstOf(searchParams));
  const opened = await services();
  const { hits, hasMore, erased } = await show(opened, scope, { door: "/why", filter: { q } }, await searchWhy(opened, scope, q));
  const alike =
    q === "" || hits.length > 0 ? [] : await show(opened, scope, { door: "/why", filter: { q } }, await findAlike(opened, scope, q));
  return (
    <>
      <PageHeader
        title="Why"
        lead="Find a person, also one who never arrived, and see what the SIS said, what became of it, and what to do."
      />
      <SearchField label="Name, number, email or id" />
      {erased.map(({ integrationName, barredAt, reason }) => (
        <Callout key={integrationName} tone="info" title={`${integrationName} has a record with this id, and syncs leave it out`}>
          Who it is about was erased on request on <DateTime at={barredAt} as="date" /> (“{reason}”). Settings, Retention lists such records
          and lets them in again.
        </Callout>
      ))}
      {q === "" ? null : (
        <Card
          title="Found"
          lead={hasMore ? `At most ${mostHits} of Aivo and ${mostHits} others are listed; add words to see more.` : undefined}
          flush
        >
          <HitList
            hits={hits}
            hrefFor={({ ref }) => paths.whyPerson({ who: ref, q })}
            emptyState={
              <EmptyState title="Nobody is found">
                {alike.length === 0 ? null : (
                  <DidYouMean meant={alike.map(({ ref, name }) => ({ key: ref, says: name, href: paths.whyPerson({ who: ref }) }))} />
                )}
                Neither Aivo nor any SIS has somebody like this. Of parents and others who are not rostered mostly only the SIS's id is
                remembered: look for that.
              </EmptyState>
            }
          />
        </Card>
      )}
    </>
  );
}
