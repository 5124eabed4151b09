import { formatCount } from "#lib/platform/format/number.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import { SettingRow } from "./setting-row.tsx";
import { ChangeReadingRules } from "./settings-dialogs.tsx";
import type { Answer } from "./types.ts";

export interface ReadingRulesRowProps {
  readonly rules: ReadingRules;
  readonly save: (rules: Readonly<Record<string, unknown>>) => Promise<Answer>;
}

/** How records of OneRoster 1.2 are read where it leaves that to the district. */
export function ReadingRulesRow({ rules, save }: ReadingRulesRowProps) {
  const { preferredNames, personKeys, roleWords, orgTypes, enrollmentRoles, graceDays } = rules;
  const words = Object.keys(roleWords).length + orgTypes.length + Object.keys(enrollmentRoles).length;
  return (
    <SettingRow
      label="Names, roles and words"
      action={<ChangeReadingRules rules={rules} save={save} />}
      detail={
        <>
          <span className="block">
            {words === 0
              ? "None of the SIS's own words (ext:) has a meaning here."
              : `${formatCount(words, "own word")} of the SIS with a meaning here.`}
          </span>
          {personKeys.length === 0 ? null : <span className="block">Records with the same {personKeys.join(" or ")} are one person.</span>}
          <span className="block">
            {graceDays === 0
              ? "Whoever has no role any more leaves at once."
              : `After their last role somebody stays for ${formatCount(graceDays, "day")}.`}
          </span>
        </>
      }
    >
      {preferredNames ? "People by the names that they prefer" : "People by their legal names"}
    </SettingRow>
  );
}
