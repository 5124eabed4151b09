"use client";
import { useRouter } from "next/navigation";
import { useId, useState, useTransition } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { toast } from "#components/ui/toast.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { type OrderedField, orderedFieldsOf } from "#lib/roster/ordered-fields.ts";
import {
  fieldTitle,
  type IntegrationOrder,
  type KindPreview,
  kindTitles,
  type StandingOrder,
  withoutSame,
} from "#lib/services/integrations/order-schema.ts";

export interface OrderFormProps {
  readonly standing: StandingOrder;
  readonly preview: (order: IntegrationOrder) => Promise<Result<readonly KindPreview[]>>;
  readonly save: (order: IntegrationOrder, applyNow: boolean, shown: IntegrationOrder) => Promise<Result>;
}

/** The order of the integrations, and of which another one comes first for a kind of record or a field; with what a change would do, before it is saved. */
export function OrderForm({ standing, preview, save }: OrderFormProps) {
  const router = useRouter();
  const [order, setOrder] = useState(standing.order);
  const [kinds, setKinds] = useState(standing.kinds);
  const [fields, setFields] = useState(standing.fields);
  const [previewed, setPreviewed] = useState<readonly KindPreview[] | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [applyNow, setApplyNow] = useState(false);
  const [pending, begin] = useTransition();
  const nameOf = (id: string) => standing.integrations.find((one) => one.id === id)?.name ?? id;
  const isPaused = (id: string) => standing.integrations.find((one) => one.id === id)?.state === "paused";
  const chosen = withoutSame({ order, kinds, fields });
  const isChanged = JSON.stringify(chosen) !== JSON.stringify(withoutSame(standing));

  const move = (from: number, to: number) => {
    const moved = [...order];
    moved.splice(to, 0, ...moved.splice(from, 1));
    setOrder(moved);
    setPreviewed(null);
  };
  const choose = (kind: LinkEntity, first: string) => {
    const { [kind]: _, ...others } = kinds;
    setKinds(first === "" ? others : { ...others, [kind]: [first, ...order.filter((id) => id !== first)] });
    setPreviewed(null);
  };
  const chooseField = (field: OrderedField, first: string, ofKind: readonly string[]) => {
    const { [field]: _, ...others } = fields;
    setFields(first === "" ? others : { ...others, [field]: [first, ...ofKind.filter((id) => id !== first)] });
    setPreviewed(null);
  };
  const look = () =>
    begin(async () => {
      const result = await preview(chosen).catch(() => unreachable);
      setRefusal(result.ok ? null : result.message);
      if (result.ok) setPreviewed(result.data);
    });
  const confirm = () =>
    begin(async () => {
      const result = await save(chosen, applyNow, withoutSame(standing)).catch(() => unreachable);
      if (!result.ok) return setRefusal(result.message);
      toast({ tone: "good", title: applyNow ? "Saved, and being applied" : "Saved. The next syncs follow it." });
      router.refresh();
    });
  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <Card title="Order" lead="The first comes first.">
        <ol className="grid gap-2">
          {order.map((id, index) => (
            <li key={id} className="flex items-center gap-3 rounded-md border border-line px-3 py-2 text-sm">
              <span className="w-5 text-muted tabular-nums">{index + 1}</span>
              <span className="min-w-0 flex-1 font-medium wrap-anywhere">
                {nameOf(id)}
                {isPaused(id) ? <span className="font-normal text-muted"> · paused, so it supplies nothing</span> : null}
              </span>
              <Button
                size="sm"
                aria-label={`Move ${nameOf(id)} up`}
                {...(index === 0 ? { unavailable: "It is the first already" } : {})}
                onClick={() => move(index, index - 1)}
              >
                <Icon name="arrow-up" className="size-4" />
              </Button>
              <Button
                size="sm"
                aria-label={`Move ${nameOf(id)} down`}
                {...(index === order.length - 1 ? { unavailable: "It is the last already" } : {})}
                onClick={() => move(index, index + 1)}
              >
                <Icon name="arrow-down" className="size-4" />
              </Button>
            </li>
          ))}
        </ol>
      </Card>
      <Card
        title="For a kind of record"
        lead="Another integration may come first for one kind, or for one field of it; after it, the order holds."
      >
        <div className="grid gap-4">
          {linkEntities.map((kind) => (
            <div key={kind} className="grid gap-1">
              <Choice
                label={kindTitles[kind]}
                otherwise="As in the order"
                first={kinds[kind]?.[0] ?? ""}
                among={order}
                nameOf={nameOf}
                choose={(first) => choose(kind, first)}
              />
              <FieldChoices kind={kind} fields={fields} order={kinds[kind] ?? order} nameOf={nameOf} choose={chooseField} />
            </div>
          ))}
        </div>
      </Card>
      <Card title="What a change does" className="lg:col-span-2">
        <div className="grid gap-4">
          {refusal === null ? null : <FormErrorSummary message={refusal} />}
          {previewed === null ? (
            <p className="text-sm text-muted">
              {isChanged ? "Look at what this order would change before you save it." : "This is the order that holds. Change it above."}
            </p>
          ) : (
            <Previewed kinds={previewed} />
          )}
          {previewed === null ? (
            <div>
              <Button variant="primary" {...(isChanged ? {} : { unavailable: "Change the order first" })} pending={pending} onClick={look}>
                Show what would change
              </Button>
            </div>
          ) : (
            <>
              <Checkbox
                label="Apply now"
                hint="Each active integration follows at once, without asking its SIS. Else its next sync follows. Safety limits hold in both cases."
                checked={applyNow}
                onChange={(event) => setApplyNow(event.target.checked)}
              />
              <div>
                <Button variant="primary" pending={pending} onClick={confirm}>
                  Save the order
                </Button>
              </div>
            </>
          )}
        </div>
      </Card>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  /** What holds where nobody is chosen. */
  readonly otherwise: string;
  readonly first: string;
  readonly among: readonly string[];
  readonly nameOf: (id: string) => string;
  readonly choose: (first: string) => void;
  readonly isSmall?: boolean;
}

function Choice({ label, otherwise, first, among, nameOf, choose, isSmall = false }: ChoiceProps) {
  const id = useId();
  return (
    <div className="grid gap-x-4 gap-y-1 sm:flex sm:items-center sm:justify-between">
      <label htmlFor={id} className={isSmall ? "text-sm text-muted" : "text-sm font-medium"}>
        {label}
      </label>
      <select
        id={id}
        value={first}
        onChange={(event) => choose(event.target.value)}
        className="min-h-10 w-full max-w-full rounded-md sm:w-64 border border-edge bg-surface pr-7 pl-3 text-sm text-ellipsis"
      >
        <option value="">{otherwise}</option>
        {among.map((one) => (
          <option key={one} value={one}>
            {nameOf(one)} first
          </option>
        ))}
      </select>
    </div>
  );
}

interface FieldChoicesProps {
  readonly kind: LinkEntity;
  readonly fields: IntegrationOrder["fields"];
  /** The kind's. */
  readonly order: readonly string[];
  readonly nameOf: (id: string) => string;
  readonly choose: (field: OrderedField, first: string, ofKind: readonly string[]) => void;
}

/** Which fields of a kind have an order of their own, in a line; opened, one can be given to each. */
function FieldChoices({ kind, fields, order, nameOf, choose }: FieldChoicesProps) {
  const all = orderedFieldsOf(kind);
  const own = all.flatMap(({ field }) => {
    const first = fields[field]?.[0];
    return first === undefined ? [] : [`${fieldTitle(field)}: ${nameOf(first)} first`];
  });
  return (
    <details>
      <summary className="min-h-6 w-fit cursor-pointer content-center text-sm text-muted hover:text-ink">
        <span className="sr-only">{kindTitles[kind]}: </span>
        <span className="wrap-anywhere">{own.length === 0 ? "All fields follow this order" : own.join(" · ")}</span>
      </summary>
      <fieldset className="mt-1 mb-2 grid gap-2 border-l border-line pl-4">
        <legend className="sr-only">{kindTitles[kind]}, single fields</legend>
        {all.map(({ field }) => {
          const first = fields[field]?.[0] ?? "";
          return (
            <Choice
              key={field}
              label={fieldTitle(field)}
              otherwise="As all fields"
              first={first}
              among={order.filter((id, index) => index > 0 || id === first)}
              nameOf={nameOf}
              choose={(id) => choose(field, id, order)}
              isSmall
            />
          );
        })}
      </fieldset>
    </details>
  );
}

function Previewed({ kinds }: { readonly kinds: readonly KindPreview[] }) {
  if (kinds.length === 0) return <p className="text-sm">No record would be supplied by another integration than now.</p>;
  return (
    <ul className="grid gap-3 text-sm">
      {kinds.map(({ kind, records, single, fields }) => (
        <li key={kind}>
          {records === 0 ? null : (
            <p className="font-medium">
              {kindTitles[kind]}: {formatCount(records, "record")} supplied by another integration
            </p>
          )}
          {single.map(({ field, label, records: of }) => (
            <p key={field} className="font-medium">
              {kindTitles[kind]}, {label}: of {formatCount(of, "record")} supplied by another integration
            </p>
          ))}
          <p className="text-muted">
            {fields.length === 0
              ? "No value would be another one."
              : `Values that would be other ones: ${fields.map(({ label, count }) => `${label} ${count.toLocaleString("en-US")}`).join(", ")}.`}
          </p>
        </li>
      ))}
    </ul>
  );
}
