import type { ReactNode } from "react";
import { Code } from "#components/ui/code.tsx";
import type { KeyValueItem } from "#components/ui/key-value.tsx";
import { credentialLabels } from "#lib/services/integrations/credentials-schema.ts";
import type { IntegrationDetail } from "#lib/services/integrations/schema.ts";
import { foundOf } from "./credential-values.ts";
import { type FieldSpec, fieldsOf, foundInWords, providerFields } from "./provider-fields.ts";
import { RowLink, SettingRow } from "./setting-row.tsx";

type Connection = Pick<IntegrationDetail, "provider" | "config" | "secretsSet">;

/** Where the roster comes from and how Aivo signs in there; secrets are only said to be there. */
export function ConnectionRow({ connection, editHref }: { readonly connection: Connection; readonly editHref: string }) {
  const items = connection.provider === "oneroster-csv" ? sftpItems(connection) : fieldItems(connection);
  const [first, ...rest] = [...items, ...foundItems(connection)].filter(({ value }) => value !== null);
  return (
    <SettingRow
      label="Connection"
      action={<RowLink label="Edit and test" href={editHref} />}
      detail={
        <dl className="grid gap-0.5">
          {rest.map(({ label, value }) => (
            <div key={label}>
              <dt className="inline">{label}: </dt>
              <dd className="inline">{value}</dd>
            </div>
          ))}
        </dl>
      }
    >
      {first?.value}
    </SettingRow>
  );
}

function sftpItems({ config, secretsSet }: Connection): readonly KeyValueItem[] {
  const { host, port, username, directory, hostKeyFingerprint } = config;
  return [
    { label: "Host", value: `${String(host ?? "")}:${String(port ?? 22)}` },
    { label: "User name", value: String(username ?? "") },
    { label: "Signs in with", value: secretsSet.includes("privateKey") ? "A private key, encrypted" : "A password, encrypted" },
    { label: "Remote directory", value: String(directory ?? "/") },
    { label: "Host key", wide: true, value: typeof hostKeyFingerprint === "string" ? <Code>{hostKeyFingerprint}</Code> : null },
  ];
}

/** What an admin has entered; a field that may be left out and was is not worth a line. */
function fieldItems({ provider, config, secretsSet }: Connection): readonly KeyValueItem[] {
  const { main, advanced } = providerFields[provider];
  const isShown = (field: FieldSpec) =>
    field.name !== "fullReadDays" && (field.required || config[field.name] !== undefined || secretsSet.includes(field.name));
  return [...main, ...advanced].filter(isShown).map((field) => ({
    label: credentialLabels[field.name] ?? field.name,
    wide: isLong(config[field.name]),
    value: shownValue(field, config[field.name], secretsSet),
  }));
}

function shownValue(field: FieldSpec, value: unknown, secretsSet: readonly string[]): ReactNode {
  if (field.control === "secret") return secretsSet.includes(field.name) ? "Stored, encrypted" : null;
  if (value === undefined) return null;
  return field.options ? foundInWords(field, String(value)) : <Code>{String(value)}</Code>;
}

/** An address or an id that half a card would break. */
const isLong = (value: unknown) => typeof value === "string" && value.length > 20;

function foundItems({ provider, config }: Connection): readonly KeyValueItem[] {
  const found = foundOf(config.learned);
  return fieldsOf(provider).flatMap((field) => {
    const value = found[field.name];
    if (!field.found || value === undefined || config[field.name] !== undefined) return [];
    return [{ label: credentialLabels[field.name] ?? field.name, wide: isLong(value), value: foundInWords(field, value) }];
  });
}
