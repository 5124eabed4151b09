import { formatDateTime, formatTime } from "#lib/platform/format/date-time.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { Standing, StandingIntegration } from "./schema.ts";
import type { Sentence, SentenceFacts, SentencePart } from "./sentence-schema.ts";

/**
 * The sentence that Today, or an integration's page, begins with. It says of no learner that they match while that cannot be vouched for, and
 * nothing of integrations that were never used.
 */
export function sentenceOf(facts: SentenceFacts): Sentence {
  const { used, standing } = facts;
  const synced = used.filter(({ asOf }) => asOf !== null);
  if (synced.length === 0) return { holds: beforeTheFirst(used), open: begun(askingParts(facts)) };
  const open = [...peopleParts(standing), ...askingParts(facts), ...exportParts(facts)];
  return { holds: `${matchWords(facts)}.`, open: begun(open.length === 0 ? [{ text: "Nobody needs help" }] : open) };
}

function begun([first, ...rest]: readonly SentencePart[]): readonly SentencePart[] {
  return first === undefined ? [] : [{ ...first, text: first.text.charAt(0).toUpperCase() + first.text.slice(1) }, ...rest];
}

/** What is wrong with the export and concerns nobody that is known. */
function exportParts({ standing: { needHelp, still }, openCauses = 0 }: SentenceFacts): readonly SentencePart[] {
  if (needHelp !== 0 || still > 0 || openCauses === 0) return [];
  const what = openCauses === 1 ? "one thing in the SIS needs a look" : `${formatNumber(openCauses)} things in the SIS need a look`;
  return [{ text: what, target: { to: "help" } }];
}

function beforeTheFirst(used: readonly StandingIntegration[]): string {
  if (used.some(({ isSyncing }) => isSyncing)) return "The first sync is under way.";
  if (used.some(({ heldRunId }) => heldRunId !== null)) return "The first sync is planned, and nothing is changed yet.";
  if (used.some(({ failedNights }) => failedNights > 0)) return "No sync has got through yet.";
  return "Nothing has been synced yet.";
}

function matchWords({ used, standing: { matching }, now, timezone }: SentenceFacts): string {
  // What several SISs say holds as of the one that was heard longest ago.
  const oldest = used.flatMap(({ asOf }) => asOf ?? []).sort()[0] ?? now;
  const when = asOfWords(oldest, now, timezone);
  if (matching === null) return `Too much is open to say how many learners match your SIS; it was read at ${when}`;
  const learners = matching === 0 ? "No learners" : formatCount(matching, "learner");
  return `${learners} match${matching === 1 ? "es" : ""} your SIS as of ${when}`;
}

/** "2:00 AM", "yesterday, 2:00 AM", "Nov 3, 2026, 2:00 AM" */
export function asOfWords(iso: string, now: string, timezone: string): string {
  const day = (at: string | number) => new Date(at).toLocaleDateString("en-CA", { timeZone: timezone });
  const time = formatTime(new Date(iso), timezone);
  if (day(iso) === day(now)) return time;
  if (day(iso) === day(Date.parse(now) - 86_400_000)) return `yesterday, ${time}`;
  return formatDateTime(new Date(iso), timezone);
}

function peopleParts({ still, needHelp }: Standing): readonly SentencePart[] {
  const help = needHelp === 0 ? [] : [{ text: helpWords(needHelp, still > 0), target: { to: "help" } } satisfies SentencePart];
  if (still === 0) return help;
  const left = `${formatNumber(still)} who left can still sign in`;
  return [{ text: left, target: { to: "still" }, isHarm: true }, ...help];
}

function helpWords(needHelp: number | null, isMore: boolean): string {
  if (needHelp === null) return isMore ? "more need help than can be counted" : "More people need help than can be counted";
  const verb = needHelp === 1 ? "needs" : "need";
  return isMore ? `${formatNumber(needHelp)} more ${verb} help` : `${formatCount(needHelp, "person", "people")} ${verb} help`;
}

/** What integrations ask for, in the order of harm: what fails, what waits for a decision, what stands still. */
function askingParts({ used, isOfOne = false, mayDecide = true }: SentenceFacts): readonly SentencePart[] {
  const isNamed = !isOfOne && used.length > 1;
  const forWhat = `for ${mayDecide ? "your" : "a"} decision`;
  const name = (one: StandingIntegration, alone: string) => (isNamed ? one.name : alone);
  const failing = used.flatMap((one): SentencePart[] =>
    one.failedNights === 0 || one.failedRunId === null || one.isSyncing
      ? []
      : [{ text: failedWords(one, name(one, "")), target: { to: "run", integrationId: one.id, runId: one.failedRunId } }],
  );
  const held = used.flatMap((one): SentencePart[] =>
    one.heldRunId === null
      ? []
      : [
          {
            text: `a sync${isNamed ? ` of ${one.name}` : ""} waits ${forWhat}`,
            target: { to: "run", integrationId: one.id, runId: one.heldRunId },
          },
        ],
  );
  const withheld = used.flatMap((one): SentencePart[] =>
    one.withheld === 0
      ? []
      : [
          {
            text: `${formatCount(one.withheld, "record")}${isNamed ? ` of ${one.name}` : ""} wait${one.withheld === 1 ? "s" : ""} ${forWhat}`,
            target: { to: "withheld", integrationId: one.id },
          },
        ],
  );
  const paused = used.flatMap((one): SentencePart[] =>
    one.paused === null
      ? []
      : [
          {
            text: `${name(one, "syncing")} is paused${one.paused.undoneNumber === null ? "" : `, since Sync ${one.paused.undoneNumber} was taken back`}`,
            target: { to: "integration", integrationId: one.id },
          },
        ],
  );
  return [...failing, ...held, ...withheld, ...paused];
}

function failedWords({ failedNights }: StandingIntegration, name: string): string {
  if (name === "")
    return failedNights === 1 ? "the last sync failed" : `every sync of the last ${formatNumber(failedNights)} nights failed`;
  return failedNights === 1 ? `the last sync of ${name} failed` : `${name} has failed for ${formatNumber(failedNights)} nights`;
}
