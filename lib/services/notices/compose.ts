import type { Env } from "#lib/platform/env.ts";
import { formatDateTime, formatDay } from "#lib/platform/format/date-time.ts";
import { isIncidentKind } from "#lib/roster/notices/kinds.ts";
import { type Said, sayOpened, sayOver } from "#lib/roster/notices/words.ts";
import { sayDigest } from "./digest-words.ts";
import { choicesPage, pageOf } from "./links.ts";
import type { LoadedNotice } from "./load.ts";
import type { Email } from "./mail.ts";

/** A notice in words. */
export function wordsOf(notice: LoadedNotice): Said {
  const { kind, phase, details, timezone } = notice;
  if (kind === "digest") return sayDigest(details, timezone);
  if (!isIncidentKind(kind)) return { title: "A test", lines: [] };
  const facts = {
    integration: notice.integrationName,
    details: inWords(details, timezone),
    openedAt: formatDateTime(new Date(notice.openedAt ?? notice.createdAt), timezone),
    because: notice.closedBecause,
  };
  return phase === "over" ? sayOver(kind, facts) : sayOpened(kind, facts);
}

/** Days and moments among the details, as the district writes them. */
export function inWords(details: Readonly<Record<string, unknown>>, timezone: string): Readonly<Record<string, unknown>> {
  const word = (value: unknown) => {
    if (typeof value !== "string") return value;
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return formatDay(value);
    return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) ? formatDateTime(new Date(value), timezone) : value;
  };
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, word(value)]));
}

/** The email about a notice, as text and as simple HTML. */
export function composeEmail(env: Pick<Env, "publicUrl">, notice: LoadedNotice & { readonly id: string }): Omit<Email, "to"> {
  const { title, lines } = wordsOf(notice);
  const link = pageOf(env, notice);
  const choices = choicesPage(env);
  const why = `You are an admin of ${notice.districtName} in Aivo. Choose what you are told: ${choices}`;
  return {
    messageId: `<${notice.id}@${new URL(env.publicUrl).hostname}>`,
    subject: title,
    text: [title, "", ...lines.flatMap((line) => [line, ""]), link, "", "--", why, ""].join("\n"),
    html: htmlPage(title, [
      ...lines.map((line) => `<p>${escaped(line)}</p>`),
      `<p><a href="${escaped(link)}">Open it in Aivo</a></p>`,
      `<p style="color:#5a6372;font-size:13px">You are an admin of ${escaped(notice.districtName)} in Aivo. <a href="${escaped(choices)}">Choose what you are told</a></p>`,
    ]),
  };
}

/** An email as simple HTML; its parts are escaped already. */
export function htmlPage(title: string, parts: readonly string[]): string {
  const style = "font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:0 auto;padding:1rem";
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body style="${style}"><h1 style="font-size:20px">${escaped(title)}</h1>${parts.join("")}</body></html>`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
