import { pageDoors, routeDoors } from "./doors.ts";
import { filesAddress } from "./every-answer.ts";

/** A page is looked at; what is posted to it is a call of a server action. */
const ofPages = ["GET", "HEAD", "POST"] as const;

export interface Address {
  /** page: what is posted there is a call of a server action. unknown: Next answers that there is no such page. */
  readonly kind: "page" | "route" | "program" | "unknown";
  readonly methods: readonly string[];
}

/** An address of app/doors.ts as an expression: `[id]` is one part of it, `[...page]` one or more, `[[...path]]` any number. */
function fitting(address: string): RegExp {
  const parts = address.split("/").filter((part) => part !== "");
  const each = parts.map((part) =>
    part.startsWith("[[...")
      ? "(?:/.+)?"
      : part.startsWith("[...")
        ? "/.+"
        : part.startsWith("[")
          ? "/[^/]+"
          : `/${part.replaceAll(".", "\\.")}`,
  );
  return new RegExp(`^${each.join("") || "/"}$`);
}

/** How far an address is named: what is named comes before what stands for anything. */
const openness = (address: string) => address.split("[").length + (address.includes("...") ? 10 : 0);

const routeAddresses = Map.groupBy(
  Object.keys(routeDoors).map((door) => door.split(" ") as [string, string]),
  ([, address]) => address,
);

/** next-auth's addresses are one door, but here it takes a sign-in alone: asked for it by GET, it answers 500. */
const ofSignIn = { address: "/api/auth/callback/[provider]", kind: "route", methods: ["OPTIONS", "POST"] } as const;

const all: readonly (Address & { readonly fits: RegExp })[] = [
  ofSignIn,
  ...Object.keys(pageDoors).map((address) => ({ address, kind: "page" as const, methods: ofPages as readonly string[] })),
  ...[...routeAddresses].map(([address, doors]) => {
    const kind = doors.every(([method]) => routeDoors[`${method} ${address}`]?.needs === "program")
      ? ("program" as const)
      : ("route" as const);
    const own = doors.map(([method]) => method);
    const methods = [
      ...own,
      ...(own.includes("GET") && !own.includes("HEAD") ? ["HEAD"] : []),
      ...(own.includes("OPTIONS") ? [] : ["OPTIONS"]),
    ];
    return { address, kind, methods: methods.toSorted() };
  }),
]
  .toSorted((one, other) => openness(one.address) - openness(other.address))
  .map(({ address, ...rest }) => ({ ...rest, fits: fitting(address) }));

/** What stands at an address, by the table of doors. */
export function addressAt(pathname: string): Address {
  const address = pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname;
  if (address === filesAddress) return { kind: "route", methods: ["GET", "HEAD"] };
  return all.find(({ fits }) => fits.test(address)) ?? { kind: "unknown", methods: ofPages };
}
