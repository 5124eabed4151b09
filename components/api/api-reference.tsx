"use client";
import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { Code } from "#components/ui/code.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { Fold } from "#components/ui/fold.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import type { ReferenceField, ReferenceOperation } from "./reference.ts";

export interface ApiReferenceProps {
  readonly operations: readonly ReferenceOperation[];
  readonly documentHref: string;
  readonly backHref: string;
}

/** Every operation of the API, by what it is about; found by any word of it. */
export function ApiReference({ operations, documentHref, backHref }: ApiReferenceProps) {
  const [search, setSearch] = useState("");
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = operations.filter((one) => {
    const text = [one.method, one.path, one.summary, one.description, one.scope, one.id, one.tag].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const tags = [...new Set(shown.map(({ tag }) => tag))];
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 grow sm:max-w-md">
          <Field label="Find an operation" required>
            {(control) => (
              <Input
                {...control}
                required={false}
                type="search"
                value={search}
                onChange={(event) => setSearch(event.target.value)}
                placeholder="sync, people, write:runs"
              />
            )}
          </Field>
        </div>
        <div className="flex flex-wrap gap-2">
          <LinkButton href={backHref}>Tokens</LinkButton>
          <LinkButton href={documentHref} external>
            OpenAPI document
          </LinkButton>
        </div>
      </div>
      <p role="status" className="text-small text-muted">
        {shown.length === operations.length ? `${operations.length} operations` : `${shown.length} of ${operations.length} operations`}
      </p>
      {shown.length === 0 ? <EmptyState title="Nothing has these words">Try fewer, or the name of a record.</EmptyState> : null}
      {tags.map((tag) => (
        <Card key={tag} title={tag} flush>
          <ul className="divide-y divide-line border-b border-line">
            {shown
              .filter((one) => one.tag === tag)
              .map((one) => (
                <li key={one.id} id={one.id} className="py-2">
                  <Fold
                    summary={
                      <span className="grid gap-0.5 py-1">
                        <span>{one.summary}</span>
                        <span className="font-mono text-small font-normal break-all text-muted">
                          {one.method} {one.path}
                        </span>
                      </span>
                    }
                  >
                    <Operation of={one} />
                  </Fold>
                </li>
              ))}
          </ul>
        </Card>
      ))}
    </>
  );
}

function Operation({ of: one }: { readonly of: ReferenceOperation }) {
  return (
    <div className="grid gap-5 text-sm">
      {one.description === null ? null : <p className="max-w-2xl text-soft">{one.description}</p>}
      <pre className="rounded-md bg-sunken p-3 font-mono text-small break-all whitespace-pre-wrap">{one.curl}</pre>
      <Fields title="Parameters" fields={one.parameters} />
      <Fields title="Body" fields={one.body} />
      <Fields title={`Answer ${one.status}`} fields={one.answer} />
      <div className="grid gap-1.5">
        <h4 className="text-small font-strong">Refusals</h4>
        <ul className="grid gap-1 text-small text-soft">
          {one.refusals.map(({ status, description }) => (
            <li key={status}>
              <Code>{status}</Code> {description}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Fields({ title, fields }: { readonly title: string; readonly fields: readonly ReferenceField[] }) {
  if (fields.length === 0) return null;
  return (
    <div className="grid gap-1.5">
      <h4 className="text-small font-strong">{title}</h4>
      <dl className="grid gap-1.5 text-small">
        {fields.map(({ name, type, isRequired, description }) => (
          <div key={name} className="grid gap-x-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
            <dt className="font-mono break-all">
              {name}
              {isRequired ? null : <span className="font-sans text-muted"> (optional)</span>}
            </dt>
            <dd className="min-w-0 break-words text-soft">
              {type}
              {description === null ? null : `. ${description}`}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
