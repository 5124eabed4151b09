import { type Fault, faultKinds } from "#sandbox/http/faults.ts";
import { html } from "#sandbox/http/html.ts";
import type { SeenRequest } from "#sandbox/http/server.ts";
import { type ControlOptions, counts } from "./options.ts";

const shownRequests = 40;

/** Today, the clock, what is broken and how to break it, what was asked lately. */
export function controlPage(options: ControlOptions): string {
  return [today(options), broken(options), servers(options), requests(options)].join("");
}

function today({ district }: ControlOptions): string {
  const { schools, classes, people, enrollments } = counts(district);
  const { shape } = district.today;
  const untilRollover = shape.daysPerYear - (district.day % shape.daysPerYear);
  const number = (value: number) => value.toLocaleString("en-US");
  return `<h1>${html(shape.name)}</h1>
    <p class="quiet">The sandbox district's student information system. Every server below shows this day.</p>
    <section aria-labelledby="today"><h2 id="today">School day ${district.day} · ${district.date}</h2>
    <p class="quiet">${number(schools)} schools, ${number(classes)} classes, ${number(people)} people, ${number(enrollments)} enrollments</p>
    <form method="post" action="/advance">
      <button class="main" name="days" value="1">Advance a day</button>
      <button name="days" value="5">Advance a week</button>
      <button name="days" value="${untilRollover}">Start the next school year (${untilRollover} days)</button>
    </form></section>`;
}

function broken(options: ControlOptions): string {
  const { faults, servers: known } = options;
  const list = faults.list();
  const rows = list.map(
    (fault) => `<tr><td class="bad">${html(fault.kind)}</td><td>${html(faultKinds[fault.kind])}</td><td>${html(where(fault))}</td></tr>`,
  );
  const now =
    list.length === 0
      ? `<p class="quiet">Nothing is broken.</p>`
      : `<table><thead><tr><th>Fault</th><th>What happens</th><th>Where</th></tr></thead><tbody>${rows.join("")}</tbody></table>
    <form method="post" action="/mend"><button class="main">Mend everything</button></form>`;
  const option = (value: string, text: string) => `<option value="${html(value)}">${html(text)}</option>`;
  const kinds = Object.entries(faultKinds).map(([kind, text]) => option(kind, `${kind}: ${text}`));
  return `<section aria-labelledby="broken"><h2 id="broken">Break it, mend it</h2>${now}
    <form method="post" action="/break">
      <label>Fault<select name="kind">${kinds.join("")}</select></label>
      <label>Server<select name="server">${option("", "all of them")}${known.map(({ name, title }) => option(name, title)).join("")}</select></label>
      <label>Endpoint or file<input name="endpoint" placeholder="all (users, token …)" autocomplete="off"></label>
      <label>From request<input name="atRequest" type="number" min="1" placeholder="1"></label>
      <label>For requests<input name="times" type="number" min="1" placeholder="all"></label>
      <button>Break it</button>
    </form></section>
    <section aria-labelledby="admins"><h2 id="admins">What the district's admin does</h2><form method="post" action="/action">
      <button name="name" value="clever-withdraw">Remove Aivo in Clever</button> <button name="name" value="clever-authorize">Authorize Aivo in Clever</button>
      <button name="name" value="classlink-disable">Disable Aivo in ClassLink</button> <button name="name" value="classlink-enable">Enable Aivo in ClassLink</button>
      <p>OneRoster is version ${options.oneRosterVersion()} today, over SFTP and REST.</p>
      <button name="name" value="oneroster-1.1">Move it to OneRoster 1.1</button> <button name="name" value="oneroster-1.2">Move it to OneRoster 1.2</button>
    </form></section>`;
}

function where(fault: Fault): string {
  const from = fault.atRequest === undefined ? "" : `, from request ${fault.atRequest}`;
  const times = fault.times === undefined ? "" : `, ${fault.times} times`;
  return `${fault.server ?? "every server"}${fault.endpoint === undefined ? "" : `, ${fault.endpoint}`}${from}${times}`;
}

function servers({ servers: known }: ControlOptions): string {
  const rows = known.map(
    ({ title, address, requests: of }) => `<tr><td>${html(title)}</td><td><code>${html(address)}</code></td><td>${of().length}</td></tr>`,
  );
  return `<section aria-labelledby="servers"><h2 id="servers">Servers</h2>
    <table><thead><tr><th>Server</th><th>Address</th><th>Requests</th></tr></thead><tbody>${rows.join("")}</tbody></table></section>`;
}

function requests({ servers: known }: ControlOptions): string {
  const latest = known
    .flatMap((server) => server.requests().slice(-shownRequests))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
    .slice(0, shownRequests);
  const body =
    latest.length === 0
      ? `<p class="quiet">Nobody has asked anything yet.</p>`
      : `<table><thead><tr><th>When</th><th>Server</th><th>Request</th><th>Answer</th></tr></thead><tbody>${latest.map(requestRow).join("")}</tbody></table>`;
  return `<section aria-labelledby="asked"><h2 id="asked">Asked lately</h2>${body}</section>`;
}

function requestRow({ at, server, method, path, query, status, faults }: SeenRequest): string {
  const answered = status === 0 ? "no answer" : String(status);
  const why = faults.length === 0 ? "" : ` (${faults.join(", ")})`;
  const request = `${method} ${path}${query === "" ? "" : `?${query}`}`;
  return `<tr><td>${html(at.slice(11, 19))}</td><td>${html(server)}</td><td><code>${html(request)}</code></td><td${status === 0 || status >= 400 ? ' class="bad"' : ""}>${answered}${html(why)}</td></tr>`;
}
