import { paths } from "#app/paths.ts";
import type { FindAnswer, FindGroup, FindOption } from "#components/find/types.ts";
import { providerWords } from "#components/integrations/provider-words.ts";
import { nameOfRun, stateWords } from "#components/runs/run-words.ts";
import { beginsWithAll } from "#lib/platform/format/beginnings.ts";
import { formatRelative } from "#lib/platform/format/date-time.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { Capability } from "#lib/platform/roles.ts";
import type { FoundAndSyncable } from "#lib/services/find/find.ts";
import type { Found, FoundIntegration, FoundOne, FoundRoom, FoundRun, FoundSchool } from "#lib/services/find/schema.ts";
import { mostOthers } from "#lib/services/find/schema.ts";
import type { HelpHit } from "#lib/services/help/schema.ts";
import type { Whereabouts } from "#lib/services/why/schema.ts";
import { actionOptions, pageOptions } from "./standing-options.ts";

const plain = { schoolPlace: null, asks: false, about: null, deed: null } as const;

/** What a search found as the palette lists it: each with where it leads. */
export function answerOf(
  found: FoundAndSyncable,
  help: readonly HelpHit[],
  text: string,
  can: (capability: Capability) => boolean,
): FindAnswer {
  const { words } = found;
  return {
    words,
    groups: filled([
      { title: "People", options: found.people.map(personOption) },
      { title: alikeTitle(text), options: found.alike.map(personOption) },
      { title: "Classes", options: found.classes.map(classOption) },
      { title: "Schools", options: found.schools.map(schoolOption) },
      { title: "Integrations", options: found.integrations.map(integrationOption) },
      { title: "Syncs", options: found.syncs.map(runOption) },
      { title: "Pages", options: pageOptions(words, words.length === 0 ? 18 : mostOthers, can) },
      {
        title: "Do",
        options: [...(can("run-syncs") ? syncOptions(found.allIntegrations, words) : []), ...actionOptions(words, can)].slice(
          0,
          mostOthers + 2,
        ),
      },
      { title: "Help", options: help.map(helpOption) },
      { title: "Further", options: words.length === 0 ? [] : [furtherOption(text)] },
    ]),
  };
}

/** People alone, to choose one of. */
export function peopleAnswerOf({ words, people, alike }: Found, text: string): FindAnswer {
  const inAivo = (all: readonly FoundOne[]) => all.filter(({ accountId }) => accountId !== null).map(personOption);
  return {
    words,
    groups: filled([
      { title: "People", options: inAivo(people) },
      { title: alikeTitle(text), options: inAivo(alike) },
    ]),
  };
}

/** Above whoever may be meant by a text that finds nothing. */
const alikeTitle = (text: string) => `${/\d/.test(text) ? "Nobody has" : "Nobody is called"} “${text}”. Did you mean`;

const filled = (groups: readonly FindGroup[]) => groups.filter(({ options }) => options.length > 0);

/** How somebody is who is not simply there. */
const whereWords: Readonly<Record<Exclude<Whereabouts, "active">, { readonly text: string; readonly asks: boolean }>> = {
  barred: { text: "barred from signing in", asks: false },
  deactivated: { text: "deactivated", asks: false },
  waits: { text: "never arrived: waits", asks: true },
  "left-out": { text: "never arrived", asks: true },
  "not-rostered": { text: "not rostered", asks: false },
  "out-of-scope": { text: "out of scope", asks: false },
  gone: { text: "no longer sent", asks: false },
};

function personOption(person: FoundOne): FindOption {
  const { ref, accountId, name, role, schoolPlace, where } = person;
  const kind = role === "teacher" ? "teachers" : "learners";
  return {
    ...plain,
    key: `person-${ref}`,
    icon: "person",
    schoolPlace,
    label: name,
    detail: where === "active" ? detailOf(person) : whereWords[where].text,
    asks: where !== "active" && whereWords[where].asks,
    href: accountId === null ? paths.whyPerson({ who: ref }) : paths.rosterRecord(kind, accountId),
    about: { kind: "person", ref },
  };
}

function detailOf({ role, grade, classCount }: FoundOne): string {
  const who = role === "teacher" ? "Teacher" : grade === null ? "Learner" : formatGrade(grade);
  return `${who} · ${classCount === 0 ? "no class" : formatCount(classCount, "class", "classes")}`;
}

function classOption({ ref, id, name, schoolName, learnerCount, where }: FoundRoom): FindOption {
  const inUse = [schoolName, formatCount(learnerCount, "learner")].filter(Boolean).join(" · ");
  return {
    ...plain,
    key: `class-${ref}`,
    icon: "class",
    label: name,
    detail: where === "active" ? inUse : where === "deactivated" ? "archived" : whereWords[where].text,
    asks: where !== "active" && whereWords[where].asks,
    // A class that never arrived has no page but its integration's.
    href: id === null ? paths.integration(ref.slice(0, ref.indexOf(":"))) : paths.rosterRecord("classrooms", id),
    about: { kind: "class", ref },
  };
}

function schoolOption({ id, name, number, place, isActive }: FoundSchool): FindOption {
  return {
    ...plain,
    key: `school-${id}`,
    icon: "school",
    schoolPlace: place,
    label: name,
    detail: isActive ? (number === null ? "" : `No. ${number}`) : "deactivated",
    href: paths.rosterRecord("schools", id),
    about: { kind: "school", ref: id },
  };
}

function integrationOption({ id, name, provider, isPaused }: FoundIntegration): FindOption {
  return {
    ...plain,
    key: `integration-${id}`,
    icon: "integration",
    label: name,
    detail: isPaused ? "paused" : providerWords[provider].name,
    href: paths.integration(id),
  };
}

function runOption(run: FoundRun): FindOption {
  return {
    ...plain,
    key: `run-${run.runId}-${run.of?.name ?? ""}`,
    icon: "sync",
    label: `${nameOfRun(run)}: ${run.of === null ? run.integrationName : `${run.of.name} ${run.of.what}`}`,
    detail: run.state === "succeeded" ? formatRelative(new Date(run.at), new Date()) : stateWords[run.state].label.toLowerCase(),
    href: paths.run(run.integrationId, run.runId),
  };
}

function syncOptions(integrations: readonly FoundIntegration[], words: readonly string[]): FindOption[] {
  if (words.length === 0) return [];
  return integrations
    .filter(({ name, isPaused }) => !isPaused && beginsWithAll(`Run Sync Now ${name}`, words))
    .slice(0, mostOthers)
    .map(({ id, name }) => ({
      ...plain,
      key: `sync-${id}`,
      icon: "action",
      label: `Run Sync Now: ${name}`,
      detail: "asks before",
      href: paths.integration(id),
      deed: { kind: "sync", integrationId: id, integrationName: name },
    }));
}

function helpOption({ page, anchor, heading, pageTitle }: HelpHit): FindOption {
  return {
    ...plain,
    key: `help-${page}#${anchor}`,
    icon: "help",
    label: heading,
    detail: heading === pageTitle ? "" : pageTitle,
    href: anchor === "" ? paths.help(page) : `${paths.help(page)}#${anchor}`,
  };
}

/** The search that passes over everybody, for what begins no word. */
function furtherOption(text: string): FindOption {
  return {
    ...plain,
    key: "further",
    icon: "further",
    label: `Everybody with “${text}” anywhere`,
    detail: "also a middle name",
    href: paths.why({ q: text }),
  };
}
