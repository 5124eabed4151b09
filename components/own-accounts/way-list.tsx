import Link from "next/link";
import type { Result } from "#components/settings/result.ts";
import { Badge, StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { mostProviders, presets } from "#lib/services/identity/presets-schema.ts";
import type { ProviderInput, ProviderItem } from "#lib/services/identity/schema.ts";
import { EditWay } from "./edit-way.tsx";
import { RemoveWay } from "./remove-way.tsx";
import { TestWay, type WayFacts } from "./test-way.tsx";

export interface WayActions {
  readonly add: (input: ProviderInput) => Promise<Result>;
  readonly change: (id: string, input: ProviderInput) => Promise<Result>;
  readonly remove: (id: string) => Promise<Result>;
  readonly test: (id: string) => Promise<Result<WayFacts>>;
}

export interface WayListProps {
  readonly providers: readonly ProviderItem[];
  readonly integrations: readonly { readonly id: string; readonly name: string }[];
  readonly callbackAddress: string;
  readonly districtLink: string;
  readonly helpHref: string;
  readonly actions: WayActions;
}

/** The district's own accounts, and everything that can be done with them. */
export function WayList({ providers, integrations, callbackAddress, districtLink, helpHref, actions }: WayListProps) {
  const nameOf = (id: string | null) => integrations.find((one) => one.id === id)?.name ?? "an integration that was removed";
  return (
    <Card
      title="The district’s own accounts"
      lead="People sign in with what they have already. Nobody is added by it: whom Aivo does not know is not let in."
      flush
      actions={
        providers.length < mostProviders ? (
          <EditWay
            label="Add accounts"
            title="Add accounts to sign in with"
            initial={null}
            integrations={integrations}
            add={actions.add}
            change={actions.change}
          />
        ) : null
      }
    >
      {providers.length === 0 ? (
        <EmptyState title="Passwords only">
          Connect Google Workspace, Microsoft Entra, Clever, ClassLink, or any other OpenID provider of yours.{" "}
          <Link href={helpHref} className="text-link">
            How each is set up
          </Link>
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line border-b border-line">
          {providers.map((one) => (
            <li key={one.id} className="grid gap-3 py-4">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <h3 className="text-sm font-strong break-words">{one.label}</h3>
                {one.provenAt === null ? <StateBadge tone="neutral">No admin has signed in with it yet</StateBadge> : <Badge>Works</Badge>}
              </div>
              <p className="text-small break-words text-muted">
                {presets[one.preset].name} at {one.issuer}
                {one.tenant === null ? "" : `, of ${one.tenant} only`}. People are known by{" "}
                {one.matchBy === "email" ? "their verified email address" : `their id in ${nameOf(one.integrationId)}`}.{" "}
                {one.people === 1 ? "1 person has" : `${one.people.toLocaleString("en-US")} people have`} signed in with it.
              </p>
              <div className="flex flex-wrap gap-2">
                <TestWay id={one.id} label={one.label} test={actions.test} />
                <EditWay
                  label="Change"
                  title={`Change ${one.label}`}
                  initial={one}
                  integrations={integrations}
                  add={actions.add}
                  change={actions.change}
                />
                <RemoveWay id={one.id} label={one.label} remove={actions.remove} />
              </div>
            </li>
          ))}
        </ul>
      )}
      <dl className="grid gap-3 py-4 text-sm">
        <div className="min-w-0">
          <dt className="eyebrow">Callback address, to register at the provider</dt>
          <dd className="mt-0.5">
            <Copyable value={callbackAddress} label="callback address" />
          </dd>
        </div>
        <div className="min-w-0">
          <dt className="eyebrow">Sign-in link of the district, for a portal or a bookmark</dt>
          <dd className="mt-0.5">
            <Copyable value={districtLink} label="sign-in link" />
          </dd>
        </div>
      </dl>
    </Card>
  );
}
