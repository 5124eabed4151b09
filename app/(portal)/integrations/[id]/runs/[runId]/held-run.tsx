import Link from "next/link";
import { pageResult } from "#app/errors.ts";
import { ReadOnlyBut } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage, allowed } from "#app/session.ts";
import { DecisionSheet } from "#components/held/decision-sheet.tsx";
import { Examples } from "#components/held/examples.tsx";
import { ImpactTable } from "#components/held/impact-table.tsx";
import { WhyItWaits } from "#components/held/why-it-waits.tsx";
import { nameOfRun } from "#components/runs/run-words.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { readHeldPlan } from "#lib/services/runs/held.ts";
import type { HeldExample, HeldPlan } from "#lib/services/runs/held-schema.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";
import { show } from "#lib/services/views/record.ts";
import { approveParts, refusePlan } from "./held-actions.ts";
import { Reissued } from "./reissued.tsx";

/** A held plan as a decision: what it looks like, what it would do, and the box in which it is decided. */
export async function HeldRun({ run }: { readonly run: RunDetail }) {
  const scope = await adminPage("read-syncs");
  const opened = await services();
  const mayDecide = (await allowed())("decide");
  const plan = await pageResult(await addressOfPage(), async () =>
    show(opened, scope, { door: "/integrations/[id]/runs/[runId]", subject: run.id }, await readHeldPlan(opened, scope, run.id)),
  );
  const changesHref = (filter: { readonly entity?: string; readonly action?: string }) =>
    paths.runChanges(run.integrationId, run.id, filter);
  return (
    <ReadOnlyBut capability="decide">
      <DecisionSheet
        plan={plan}
        recordsUrl={paths.api.planParts(run.id)}
        hrefs={Object.fromEntries(plan.parts.map(({ id, filter }) => [id, changesHref(filter)]))}
        ifNothing={<IfNothing next={run.next} />}
        expires={<Expires plan={plan} />}
        {...(run.isPlanCurrent
          ? {}
          : { unavailable: "The roster has changed since this plan was made, so it cannot be applied any more. Run the sync again." })}
        approve={approveParts.bind(null, run.id)}
        refuse={refusePlan.bind(null, run.id)}
        head={<Head run={run} plan={plan} mayDecide={mayDecide} />}
      >
        <Card title="By school" aside="learners, and classes" flush>
          <ImpactTable {...plan} />
        </Card>
        {plan.examples.length > 0 ? (
          <Card
            title={plan.examples.length === 1 ? "An example" : `${counts[plan.examples.length] ?? "Some"} examples`}
            aside={
              <Link href={changesHref({})} className="text-link">
                {plan.people === 0 ? "All changes" : `All ${formatCount(plan.people, "person", "people")}`}
              </Link>
            }
            flush
          >
            <Examples examples={plan.examples} hrefOf={hrefOfExample} />
          </Card>
        ) : null}
        <Reissued runId={run.id} />
        <WhyItWaits findings={run.findings} />
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-small text-muted">
          <Link href={changesHref({})} className="text-link">
            {formatCount(run.changeCount, "change")} of the plan
          </Link>
          <Link href={paths.runIssues(run.integrationId, run.id)} className="text-link">
            {formatCount(run.issueCount, "issue")}
          </Link>
        </p>
      </DecisionSheet>
    </ReadOnlyBut>
  );
}

const counts: Readonly<Record<number, string>> = { 2: "Two", 3: "Three", 4: "Four" };

function Head({ run, plan, mayDecide }: { readonly run: RunDetail; readonly plan: HeldPlan; readonly mayDecide: boolean }) {
  return (
    <div className="grid gap-6">
      <PageHeader
        size="display"
        title={plan.headline}
        breadcrumbs={[
          { label: "SIS Integration", href: paths.integrations() },
          { label: run.integrationName, href: paths.integration(run.integrationId) },
          { label: nameOfRun(run), href: paths.run(run.integrationId, run.id) },
        ]}
        lead={
          <>
            <span className="mr-1.5 inline-block text-sm [&>span]:text-sm">
              <StateBadge tone="warn">Waits for {mayDecide ? "your" : "a"} decision.</StateBadge>
            </span>
            <span className="text-soft">{plan.because}</span>
          </>
        }
      />
      <dl className="grid gap-x-6 gap-y-4 border-y border-line py-4 sm:grid-cols-3">
        {plan.signs.map(({ figure, words }) => (
          <div key={`${figure} ${words}`} className="flex flex-col-reverse justify-end">
            <dt className="text-sm text-soft">{words}</dt>
            <dd className="text-title tabular-nums">{figure}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function IfNothing({ next }: Pick<RunDetail, "next">) {
  if (!("at" in next))
    return next.none === "manual"
      ? "The roster stays as it is. Nothing syncs by itself; this page waits on."
      : "The roster stays as it is. The integration is paused, so this page waits on.";
  return (
    <>
      The roster stays as it is. On <DateTime at={next.at} /> the SIS is read again: if it says the same, a new plan takes the place of this
      one, and waits.
    </>
  );
}

function Expires({ plan: { expiresAt, expiresAtYear } }: { readonly plan: HeldPlan }) {
  if (expiresAt === null) return "Not by itself.";
  return (
    <>
      <DateTime at={expiresAt} />
      {expiresAtYear ? ", as the next school year begins" : ""}. Then it is dropped and nothing changes.
    </>
  );
}

function hrefOfExample({ id, role }: HeldExample): string | null {
  return role === null ? null : paths.rosterRecord(role === "teacher" ? "teachers" : "learners", id);
}
