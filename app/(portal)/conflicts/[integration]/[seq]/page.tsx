import type { Metadata } from "next";
import { decideWho } from "#app/(portal)/conflicts/actions.ts";
import { pageResult } from "#app/errors.ts";
import { OnlyFor } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { AccountCard, BothSides } from "#components/conflicts/both-sides.tsx";
import { nameOf, verdictWords } from "#components/conflicts/conflict-words.ts";
import { DecideConflict } from "#components/conflicts/decide-conflict.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { getConflict, searchAccounts } from "#lib/services/conflicts/read.ts";
import type { Candidate, Decision } from "#lib/services/conflicts/schema.ts";
import { show } from "#lib/services/views/record.ts";
import { textOfRef } from "#lib/services/why/schema.ts";

export const metadata: Metadata = { title: "Conflict" };

interface Props {
  readonly params: Promise<{ readonly integration: string; readonly seq: string }>;
  readonly searchParams: SearchParams;
}

export default async function ConflictPage({ params, searchParams }: Props) {
  const scope = await adminPage("read-syncs");
  const { integration, seq } = await params;
  const { q = "" } = await firstOf(searchParams);
  const number = /^\d{1,15}$/.test(seq) ? Number(seq) : -1;
  const opened = await services();
  const { conflict, found } = await pageResult(await addressOfPage(), async () =>
    show(
      opened,
      scope,
      { door: "/conflicts/[integration]/[seq]", filter: { integration, q } },
      {
        conflict: await getConflict(opened, scope, integration, number),
        found: await searchAccounts(opened, scope, integration, number, q.slice(0, 200)),
      },
    ),
  );
  return (
    <>
      <PageHeader
        title={nameOf(conflict.person)}
        lead={`${conflict.title}. ${conflict.rule}`}
        breadcrumbs={[
          { label: "Conflicts", href: paths.conflicts() },
          { label: conflict.integrationName, href: paths.conflicts({ integration: conflict.integrationId }) },
        ]}
        actions={<LinkButton href={paths.whyPerson({ who: textOfRef(conflict) })}>Why?</LinkButton>}
      />
      {conflict.decision === null ? null : <Decided decision={conflict.decision} />}
      <BothSides conflict={conflict} hrefFor={hrefOf} />
      {q === "" ? null : <Found words={q} found={found} conflict={conflict} />}
      <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
        <OnlyFor capability="decide">
          <DecideConflict
            key={conflict.seq}
            accounts={[...conflict.candidates.filter(({ role }) => role === conflict.person.role), ...found]}
            noun={conflict.person.role === "teacher" ? "teacher" : "learner"}
            isPaused={conflict.isPaused}
            decide={decideWho.bind(null, conflict.integrationId, conflict.seq, conflict.shown)}
          />
        </OnlyFor>
        <Card title="Or correct it in the SIS">
          <p className="text-sm leading-relaxed">{conflict.remedy}</p>
          <p className="mt-2 text-sm text-muted">
            The next sync takes the record as it is then, and asks no more where it is clear who it is.
          </p>
        </Card>
      </div>
    </>
  );
}

function Decided({ decision }: { readonly decision: Decision }) {
  return (
    <Callout
      tone="info"
      title={`Decided: ${decision.account ? `is the account of ${decision.account.name}` : verdictWords[decision.verdict]}`}
    >
      “{decision.reason}”, {decision.decidedByName ?? "the command line"}, <DateTime at={decision.decidedAt} />. The next sync follows it,
      as long as both sides are as shown. Another decision takes its place.
    </Callout>
  );
}

function Found({
  words,
  found,
  conflict,
}: {
  readonly words: string;
  readonly found: readonly Candidate[];
  readonly conflict: Parameters<typeof AccountCard>[0]["conflict"];
}) {
  return (
    <section aria-label="Found" className="grid gap-3">
      <h2 className="text-head">{found.length === 0 ? `Nobody is found by “${words}”` : `Found by “${words}”`}</h2>
      <div className="grid items-start gap-6 md:grid-cols-2 xl:grid-cols-3">
        {found.map((account) => (
          <AccountCard key={account.id} account={account} conflict={conflict} href={hrefOf(account)} />
        ))}
      </div>
    </section>
  );
}

function hrefOf({ role, id }: Candidate): string | null {
  if (role !== "teacher" && role !== "learner") return null;
  return paths.rosterRecord(role === "teacher" ? "teachers" : "learners", id);
}
