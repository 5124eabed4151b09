/**
 * Mends the installed postgres.js 3.4.9, which does not forget a connection that was lost: what it was asked, what the server said last and what
 * was still to be written all go on into the next connection of that slot. One query then fails with another's error, gets another's rows, or a
 * rollback ends somebody else's transaction; or nothing is ever written again, and the slot answers CONNECT_TIMEOUT for good.
 * And a reservation waits for ever for a new connection that has no types to ask for.
 *
 * Run after each install (package.json) and by bootstrap.mjs; what is mended already is left alone. Plain JavaScript that runs on Node 20.
 * A release that reads differently is refused: look whether it still needs this.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const installed = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules", "postgres");
const mark = "/* mended by cli/mend-postgres.mjs */\n";

/** By file: what it says, and what it says then. Each occurs once. */
const changes = {
  "connection.js": [
    // The server's last word is the reason, where it said one before it closed.
    [
      "  function error(err) {\n",
      "  function error(err) {\n    errorResponse && /^(FATAL|PANIC)$/.test(errorResponse.severity) && (err = errorResponse)\n",
    ],
    // Whoever asks between the error and the close is told as well.
    ["    !hadError && (query || sent.length) && error(", "    if (query || sent.length) error("],
    // Nothing is left of a connection that was closed.
    [
      "    clearImmediate(nextWriteTimer)\n    socket.removeListener('data', data)\n    socket.removeListener('connect', connected)\n    idleTimer.cancel()\n",
      "    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener('data', data)\n    socket.removeListener('connect', connected)\n    idleTimer.cancel()\n",
    ],
    [
      "    closedTime = performance.now()\n    hadError && options",
      "    query = errorResponse = results = final = stream = null\n    result = new Result()\n    rows = 0\n    closedTime = performance.now()\n    hadError && options",
    ],
    [
      "    if (stream)\n      return queryError(q, Errors.generic('COPY_IN_PROGRESS'",
      "    if (!socket)\n      return queryError(q, Errors.connection('CONNECTION_CLOSED', options)), true\n\n    if (stream)\n      return queryError(q, Errors.generic('COPY_IN_PROGRESS'",
    ],
    ["  function nextWrite(fn) {\n", "  function nextWrite(fn) {\n    if (!socket)\n      return chunk = nextWriteTimer = null, true\n\n"],
    // Without a handler its failure would end the process; whoever waits for the connection is told of its end.
    ["        return fetchArrayTypes()\n", "        return fetchArrayTypes().catch(noop)\n"],
    // A reservation that opens the connection is served also where there are no types to be asked for first.
    [
      "      initial && !initial.reserve && execute(initial)\n      options.shared.retries = retries = 0\n      initial = null\n      return\n",
      "      const reserves = initial.reserve\n      reserves || execute(initial)\n      options.shared.retries = retries = 0\n      initial = null\n      if (!reserves)\n        return\n",
    ],
    // An error after some rows leaves their number behind, and the next result begins with as many that are not there.
    [
      "    query = results = errorResponse = null\n    result = new Result()\n    connectTimer.cancel()\n",
      "    query = results = errorResponse = null\n    result = new Result()\n    rows = 0\n    connectTimer.cancel()\n",
    ],
    // Without names for statements the server is not asked for types that nothing depends on: each statement is one round trip, not two.
    [
      "    q.describeFirst = q.onlyDescribe || (parameters.length && !q.prepared)\n",
      "    q.describeFirst = q.onlyDescribe || (parameters.length && !q.prepared && !(q.prepare === false && areSaid(string, q.parameters)))\n",
    ],
    [
      "  function write(x, fn) {\n",
      `  // What goes over as text whatever its type is, and lists whose type the statement says itself.
  function areSaid(string, xs) {
    const isText = x => x === null || typeof x === 'string' || typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean'
    const isList = x => Array.isArray(x) && x.every(x => x === null || typeof x === 'string' || typeof x === 'number')
    const lists = new Set(xs.some(Array.isArray) ? Array.from(string.matchAll(/\\$(\\d+)::[a-z0-9 ]+\\[\\]/g), x => x[1] - 1) : [])
    if (!xs.every((x, i) => isText(x) || (isList(x) && lists.has(i))))
      return false

    xs.forEach((x, i) => Array.isArray(x) && (xs[i] = arraySerializer(x)))
    return true
  }

  function write(x, fn) {\n`,
    ],
  ],
  "index.js": [
    // A reservation for which no connection could be made waits for none any more: one that comes for it later would be nobody's.
    ["{ reserve: resolve, reject }", "{ reserve: resolve, reject: e => (queries.remove(query), reject(e)) }"],
    // One for which a closed connection is opened again is served by whichever is open first.
    [
      "    queries.length && connect(c, queries.shift())\n",
      "    if (queries.length) {\n      const query = queries.shift()\n      query.reserve && queries.push(query)\n      connect(c, query)\n    }\n",
    ],
    // A transaction, or a reservation, whose connection was lost has no say in what that slot does next.
    ["      , connection\n      , prepare = null\n", "      , connection\n      , lost = null\n      , prepare = null\n"],
    // Also where it is lost before anybody waits for its end.
    ["      connection = c\n      move(c, reserved)\n", "      connection = c\n      c.onclose = e => lost = e\n      move(c, reserved)\n"],
    [
      "new Promise((_, reject) => connection.onclose = reject)",
      "new Promise((_, reject) => (lost ? reject(lost) : (connection.onclose = e => (lost = e, reject(e)))))",
    ],
    [
      "        q.catch(e => uncaughtError || (uncaughtError = e))\n",
      "        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (lost)\n          return q.reject(lost)\n",
    ],
    ["    c.reserved.release = true\n", "    c.reserved.release = true\n    let lost = null\n    c.onclose = e => lost = e\n"],
    [
      "    sql.release = () => {\n      c.reserved = null\n",
      "    sql.release = () => {\n      if (lost)\n        return\n      lost = Errors.connection('CONNECTION_ENDED', options, options)\n      c.reserved = null\n",
    ],
    [
      "    function handler(q) {\n      c.queue === full\n",
      "    function handler(q) {\n      if (lost)\n        return q.reject(lost)\n      c.queue === full\n",
    ],
  ],
};

for (const folder of ["src", "cjs/src"]) {
  for (const [file, edits] of Object.entries(changes)) mend(join(installed, folder, file), edits);
}

/** In a file of its own, put in the place of the other: package managers share files between folders. */
function mend(path, edits) {
  const found = readFileSync(path, "utf8");
  let text = found.startsWith(mark) ? found : mark + found;
  for (const [before, after] of edits) {
    if (text.includes(after)) continue;
    if (text.split(before).length !== 2) throw new Error(`cli/mend-postgres.mjs does not know this release of postgres.js: ${path}`);
    text = text.replace(before, () => after);
  }
  if (text === found) return;
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text);
  renameSync(aside, path);
}
