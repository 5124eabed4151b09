import type { Metadata } from "next";
import { ReadOnlyBut } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { DueTonight } from "#components/retention/due-tonight.tsx";
import { BarredIds, Holds } from "#components/retention/retention-lists.tsx";
import { listBarred } from "#lib/services/retention/barred-ids.ts";
import { listHolds } from "#lib/services/retention/holds.ts";
import { previewRetention } from "#lib/services/retention/preview.ts";
import type { DuePerson } from "#lib/services/retention/schema.ts";
import { show } from "#lib/services/views/record.ts";
import { letIn, releaseHold } from "./actions.ts";

export const metadata: Metadata = { title: "Retention" };

export default async function RetentionPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await adminPage("read-settings", "read-roster");
  const { page } = await firstOf(searchParams);
  const wanted = /^[1-9]\d{0,4}$/.test(page ?? "") ? Number(page) : 1;
  const opened = await services();
  const [preview, holds, barred] = await show(
    opened,
    scope,
    { door: "/settings/retention" },
    await Promise.all([previewRetention(opened, scope, wanted), listHolds(opened, scope), listBarred(opened, scope)]),
  );
  return (
    <>
      <DueTonight
        preview={preview}
        settingsHref={paths.settings()}
        hrefs={hrefsOf(preview.tonight.rows)}
        pageHref={(to) => paths.retention({ page: to === 1 ? null : to })}
      />
      <ReadOnlyBut capability="erase-people">
        <Holds holds={holds} hrefs={hrefsOf(holds.map(({ accountId, role }) => ({ id: accountId, role })))} release={releaseHold} />
        <BarredIds barred={barred} letIn={letIn} />
      </ReadOnlyBut>
    </>
  );
}

/** Admins have no page of their own. */
function hrefsOf(people: readonly Pick<DuePerson, "id" | "role">[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    people.flatMap(({ id, role }) =>
      role === "admin" ? [] : [[id, paths.rosterRecord(role === "teacher" ? "teachers" : "learners", id)]],
    ),
  );
}
