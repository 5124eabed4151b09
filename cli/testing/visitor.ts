/** Test-only: somebody with a browser's cookies, who asks as the portal's pages do. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { answeredByHeader, fromHeader, toHeader } from "./balancer.ts";

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  /** The port of the web server that answered. */
  readonly by: number;
}

export interface How {
  /** The place of the web server that is to be asked; whoever's turn it is where left out. */
  readonly to?: number;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Visitor {
  readonly #jar = new Map<string, string>();
  readonly #origin: string;
  readonly #actions: ReadonlyMap<string, string>;

  /** @param actions by `serverActionsOf` */
  constructor(origin: string, actions: ReadonlyMap<string, string>) {
    this.#origin = origin;
    this.#actions = actions;
  }

  /** Whoever has taken the cookies. */
  copy(): Visitor {
    const copy = new Visitor(this.#origin, this.#actions);
    for (const [name, value] of this.#jar) copy.#jar.set(name, value);
    return copy;
  }

  async ask(path: string, { to, from, headers = {} }: How = {}, init: RequestInit = {}): Promise<Answered> {
    const answer = await fetch(new URL(path, this.#origin), {
      redirect: "manual",
      ...init,
      headers: {
        cookie: [...this.#jar].map((pair) => pair.join("=")).join("; "),
        ...(to === undefined ? {} : { [toHeader]: String(to) }),
        ...(from === undefined ? {} : { [fromHeader]: from }),
        ...headers,
      },
      signal: AbortSignal.timeout(60_000),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#jar.set(name, value);
    }
    return {
      status: answer.status,
      text: await answer.text(),
      location: answer.headers.get("location"),
      by: Number(answer.headers.get(answeredByHeader)),
    };
  }

  /** As the form does. Whether it was let in. */
  async signIn(email: string, password: string, how: How = {}): Promise<boolean> {
    const { csrfToken } = JSON.parse((await this.ask("/api/auth/csrf", how)).text);
    const body = new URLSearchParams({ csrfToken, email, password, json: "true" });
    return (await this.ask("/api/auth/callback/credentials", how, { method: "POST", body })).status === 200;
  }

  /** Clicks: what the server action of this name answers, from this page. */
  act(name: string, args: readonly unknown[], page: string, how: How = {}): Promise<Answered> {
    const headers = {
      ...how.headers,
      "next-action": this.#actions.get(name) ?? "",
      accept: "text/x-component",
      origin: this.#origin,
      "content-type": "text/plain;charset=UTF-8",
    };
    return this.ask(page, { ...how, headers }, { method: "POST", body: JSON.stringify(args) });
  }
}

/** The ids of a build's server actions, by their names. */
export async function serverActionsOf(build: string): Promise<ReadonlyMap<string, string>> {
  const manifest = JSON.parse(await readFile(join(build, "server/server-reference-manifest.json"), "utf8"));
  return new Map(Object.entries(manifest.node as Record<string, { exportedName: string }>).map(([id, one]) => [one.exportedName, id]));
}
