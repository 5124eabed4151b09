import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { Agent, createServer, get, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesAddress, guardEveryAnswer, headersOfEveryAnswer } from "./every-answer.ts";

/** Answers what it was asked, in each of the ways in which Node can be told to. */
const server = createServer((request, response) => {
  const asked = `${request.method} ${request.url} for ${request.headers["x-forwarded-host"]}`;
  if (request.url === "/own") response.writeHead(200, { "cache-control": "public, max-age=31536000, immutable" }).end(asked);
  else if (request.url === "/moved") response.writeHead(308, { location: "/" }).end(asked);
  else response.end(asked);
});
let isStopping = false;
beforeAll(async () => {
  guardEveryAnswer("https://portal.example/", () => isStopping);
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => void server.close());

function ask(method: string, path: string, header = "X-Nothing: 1"): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1", () =>
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${header}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`),
    );
    socket.setEncoding("utf8");
    socket.on("data", (part) => {
      answer += part;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

test("every answer has the headers of all, and keeps those that it has itself", async () => {
  for (const path of ["/", "/moved"]) {
    const answer = (await ask("GET", path)).toLowerCase();
    for (const [name, value] of Object.entries(headersOfEveryAnswer)) expect(answer).toContain(`${name}: ${value.toLowerCase()}`);
  }
  const own = await ask("GET", "/own");
  expect(own).toContain("immutable");
  expect(own).not.toContain("no-store");
  expect(own).toContain("x-frame-options: DENY");
});

test("TRACE, and whatever else than to read is asked of a file of the build, goes by a name that is refused", async () => {
  expect(await ask("TRACE", "/overview")).toContain("REFUSED /overview");
  expect(await ask("POST", "/_next/static/x.css")).toContain(`REFUSED ${filesAddress}`);
  expect(await ask("TRACE", "/_next/static/x.css")).toContain(`REFUSED ${filesAddress}`);
  expect(await ask("GET", "/_next/static/x.css")).toContain("GET /_next/static/x.css");
  expect(await ask("POST", "/api/find")).toContain("POST /api/find");
});

test("each file that Next serves without asking proxy.ts can be read, and nothing else, however its address is written", async () => {
  const [, matcher = ""] = /matcher: \["(.+)"\]/.exec(await readFile("proxy.ts", "utf8")) ?? [];
  const seenByProxy = new RegExp(`^${matcher}$`);
  expect("/overview").toMatch(seenByProxy);
  const files = (await readdir("public", { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const addresses = files.map(({ parentPath, name }) => `/${relative("public", join(parentPath, name))}`);
  expect(addresses).toContain("/marks/clever.svg");
  for (const address of addresses) {
    expect(address).not.toMatch(seenByProxy);
    for (const written of [address, `${address}?v=1`, `/x/..${address}`, address.replace(".", "%2E"), `/%${hexOf(address)}`])
      for (const method of ["POST", "PUT", "OPTIONS", "TRACE"])
        expect(await ask(method, written), `${method} ${written}`).toContain(`REFUSED ${filesAddress}`);
    expect(await ask("GET", address)).toContain(`GET ${address}`);
  }
});

/** An address with its first letter spelt out, as it follows %. */
const hexOf = (address: string) => address.charCodeAt(1).toString(16) + address.slice(2);

test("a host that somebody made up is forgotten, and Aivo's own is not", async () => {
  expect(await ask("GET", "/", "X-Forwarded-Host: elsewhere.example")).toContain("for undefined");
  expect(await ask("GET", "/", "X-Forwarded-Host: portal.example")).toContain("for portal.example");
});

test("a connection that is kept ends with the next answer once the process is to end", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port } = server.address() as AddressInfo;
  const over = async () => {
    const [answer] = (await once(get({ port, agent }), "response")) as [IncomingMessage];
    answer.resume();
    await once(answer, "end");
    return answer.headers.connection;
  };
  expect([await over(), await over()]).toEqual(["keep-alive", "keep-alive"]);
  isStopping = true;
  expect(await over()).toBe("close");
  isStopping = false;
  agent.destroy();
});
