"use client";
import { useState } from "react";
import { changed } from "#components/settings/changed.ts";
import { Field, Input } from "#components/ui/field.tsx";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import type { RoleFamily } from "#lib/roster/role-words.ts";
import { EditDialog } from "./edit-dialog.tsx";
import type { Answer } from "./types.ts";
import { type WordMeaning, WordMeanings } from "./word-meanings.tsx";

const families: Readonly<Record<RoleFamily, string>> = {
  teaching: "A teacher",
  learner: "A learner",
  staff: "Staff who do not teach",
  family: "Family, not rostered",
};
const enrollments: Readonly<Record<ReadingRules["enrollmentRoles"][string], string>> = {
  teacher: "Teaches the class",
  student: "Learns in it",
};

export interface ReadingRulesDialogProps {
  readonly rules: ReadingRules;
  readonly save: (rules: Readonly<Record<string, unknown>>) => Promise<Answer>;
  readonly onClose: () => void;
}

/** What OneRoster 1.2 leaves to the district: names, who is one person, what own words mean, how long a role is missed. */
export function ReadingRulesDialog({ rules, save, onClose }: ReadingRulesDialogProps) {
  const [preferredNames, setPreferredNames] = useState(rules.preferredNames);
  const [graceDays, setGraceDays] = useState(String(rules.graceDays));
  const [personKeys, setPersonKeys] = useState(rules.personKeys.join(", "));
  const [orgTypes, setOrgTypes] = useState(rules.orgTypes.join(", "));
  const [roleWords, setRoleWords] = useState(rowsOf(rules.roleWords));
  const [enrollmentRoles, setEnrollmentRoles] = useState(rowsOf(rules.enrollmentRoles));
  const entered = () => ({
    preferredNames: String(preferredNames),
    graceDays,
    personKeys,
    orgTypes,
    roleWords: wordsOf(roleWords),
    enrollmentRoles: wordsOf(enrollmentRoles),
  });
  const [opened] = useState(entered);
  return (
    <EditDialog title="Names, roles and words" done="Setting saved" save={() => save(changed(entered(), opened))} onClose={onClose}>
      {(problem) => (
        <>
          <p className="text-sm text-muted">
            OneRoster 1.2 leaves these to the district. The next sync reads and plans everything by them; a plan that waits for you is
            discarded.
          </p>
          <label className="flex items-start gap-2 text-sm">
            <input
              type="checkbox"
              className="mt-0.5 size-4 accent-accent"
              checked={preferredNames}
              onChange={(event) => setPreferredNames(event.target.checked)}
            />
            <span>
              <span className="font-medium">Call people by the names that they prefer</span>
              <span className="block text-muted">Wherever the SIS has one; the legal name otherwise.</span>
            </span>
          </label>
          <Field
            id="graceDays"
            label="Days that somebody stays after their last role"
            required
            hint="0 to 365. Roles often end in June and begin again in August. Default: 90."
            error={problem?.fields.graceDays}
          >
            {(control) => (
              <Input {...control} value={graceDays} onChange={(event) => setGraceDays(event.target.value)} inputMode="numeric" />
            )}
          </Field>
          <Field
            id="personKeys"
            label="User ids that tell who somebody is"
            hint="Their types, with commas between. Where a SIS has one record per school for a person, records of one kind with the same id of such a type become one account."
            error={errorOf(problem?.fields, "personKeys")}
          >
            {(control) => (
              <Input
                {...control}
                value={personKeys}
                placeholder="studentUniqueId, staffUniqueId"
                spellCheck={false}
                onChange={(event) => setPersonKeys(event.target.value)}
              />
            )}
          </Field>
          <WordMeanings
            label="Roles of people"
            hint="Words of the SIS's own begin with ext: and mean nothing to Aivo until you say so."
            rows={roleWords}
            meanings={families}
            error={errorOf(problem?.fields, "roleWords")}
            onChange={setRoleWords}
          />
          <Field
            id="orgTypes"
            label="Types of orgs that are schools"
            hint="Words of the SIS's own, with commas between."
            error={errorOf(problem?.fields, "orgTypes")}
          >
            {(control) => (
              <Input
                {...control}
                value={orgTypes}
                placeholder="ext:campus"
                spellCheck={false}
                onChange={(event) => setOrgTypes(event.target.value)}
              />
            )}
          </Field>
          <WordMeanings
            label="Roles in classes"
            hint="As enrollments have them."
            rows={enrollmentRoles}
            meanings={enrollments}
            error={errorOf(problem?.fields, "enrollmentRoles")}
            onChange={setEnrollmentRoles}
          />
        </>
      )}
    </EditDialog>
  );
}

const rowsOf = (words: Readonly<Record<string, string>>): readonly WordMeaning[] =>
  Object.entries(words).map(([word, meaning]) => ({ word, meaning }));

/** A row without a word is one that nobody filled in. */
function wordsOf(rows: readonly WordMeaning[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.flatMap(({ word, meaning }) => (word.trim() === "" ? [] : [[word.trim(), meaning]])));
}

/** Of a list, what is wrong with any of it. */
function errorOf(fields: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return Object.entries(fields ?? {}).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1];
}
