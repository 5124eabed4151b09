import type { Metadata } from "next";
import { ReadOnlyBut } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage, allowed } from "#app/session.ts";
import { DistrictForm } from "#components/settings/district-form.tsx";
import { RecordViews } from "#components/settings/record-views.tsx";
import { timeZoneGroups } from "#lib/platform/format/time-zones.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { recordViews, saveDistrict } from "./actions.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function DistrictSettingsPage() {
  const scope = await adminPage("read-roster", "read-settings");
  const opened = await services();
  const { name, timezone, retentionDays, recordsViews } = await getDistrict(opened, scope);
  const can = await allowed();
  return (
    <>
      <ReadOnlyBut capability="change-settings">
        <DistrictForm
          initial={{ name, timezone, retentionDays: String(retentionDays) }}
          timeZones={timeZoneGroups(Intl.supportedValuesOf("timeZone"), timezone)}
          retentionHref={paths.retention()}
          save={saveDistrict}
        />
      </ReadOnlyBut>
      <RecordViews
        isOn={recordsViews}
        months={opened.env.historyMonths}
        viewsHref={paths.views()}
        record={can("change-settings") ? recordViews : null}
      />
    </>
  );
}
