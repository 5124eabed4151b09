import { looks } from "#components/ui/button-looks.ts";

/** The ways in that a district has beside a password. */
export interface OfferedWays {
  readonly ways: readonly { readonly label: string; readonly href: string }[];
  /** Whether a password goes, too. */
  readonly passwords: boolean;
}

/** Plain links: they lead out of the portal, and must not be fetched before somebody means it. */
export function OwnWays({ offered: { ways, passwords } }: { readonly offered: OfferedWays }) {
  return (
    <div role="status" className={ways.length === 0 ? "sr-only" : "grid gap-2"}>
      {ways.map(({ label, href }) => (
        <a key={href} href={href} className={`${looks({ variant: passwords ? "secondary" : "primary" })} w-full`}>
          <span className="truncate">Continue with {label}</span>
        </a>
      ))}
      {ways.length === 0 ? null : (
        <p className="text-small text-muted">{passwords ? "Or with a password:" : "Your district signs in with its own accounts only."}</p>
      )}
    </div>
  );
}
