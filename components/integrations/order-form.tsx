"use client";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useRouter } from "next/navigation";
import { useId, useState, useTransition } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/choices.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { toast } from "#components/ui/toast.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { type IntegrationOrder, type KindPreview, kindTitles, type StandingOrder } from "#lib/services/integrations/order-schema.ts";

export interface OrderFormProps {
  readonly standing: StandingOrder;
  readonly preview: (order: IntegrationOrder) => Promise<Result<readonly KindPreview[]>>;
  readonly save: (order: IntegrationOrder, applyNow: boolean) => Promise<Result>;
}

/** The order of the integrations, and of which another one comes first for a kind of record; with what a change would do, before it is saved. */
export function OrderForm({ standing, preview, save }: OrderFormProps) {
  const router = useRouter();
  const [order, setOrder] = useState(standing.order);
  const [kinds, setKinds] = useState(standing.kinds);
  const [previewed, setPreviewed] = useState<readonly KindPreview[] | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [applyNow, setApplyNow] = useState(false);
  const [pending, begin] = useTransition();
  const nameOf = (id: string) => standing.integrations.find((one) => one.id === id)?.name ?? id;
  const isPaused = (id: string) => standing.integrations.find((one) => one.id === id)?.state === "paused";
  const isChanged = JSON.stringify([order, kinds]) !== JSON.stringify([standing.order, standing.kinds]);

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
  const look = () =>
    begin(async () => {
      const result = await preview({ order, kinds }).catch(() => unreachable);
      setRefusal(result.ok ? null : result.message);
      if (result.ok) setPreviewed(result.data);
    });
  const confirm = () =>
    begin(async () => {
      const result = await save({ order, kinds }, applyNow).catch(() => unreachable);
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
                <ArrowUp aria-hidden className="size-4" />
              </Button>
              <Button
                size="sm"
                aria-label={`Move ${nameOf(id)} down`}
                {...(index === order.length - 1 ? { unavailable: "It is the last already" } : {})}
                onClick={() => move(index, index + 1)}
              >
                <ArrowDown aria-hidden className="size-4" />
              </Button>
            </li>
          ))}
        </ol>
      </Card>
      <Card title="For a kind of record" lead="Another integration may come first for one kind; after it, the order holds.">
        <div className="grid gap-3">
          {linkEntities.map((kind) => (
            <KindChoice key={kind} kind={kind} first={kinds[kind]?.[0] ?? ""} order={order} nameOf={nameOf} choose={choose} />
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

interface KindChoiceProps {
  readonly kind: LinkEntity;
  readonly first: string;
  readonly order: readonly string[];
  readonly nameOf: (id: string) => string;
  readonly choose: (kind: LinkEntity, first: string) => void;
}

function KindChoice({ kind, first, order, nameOf, choose }: KindChoiceProps) {
  const id = useId();
  return (
    <div className="grid gap-x-4 gap-y-1 sm:flex sm:items-center sm:justify-between">
      <label htmlFor={id} className="text-sm font-medium">
        {kindTitles[kind]}
      </label>
      <select
        id={id}
        value={first}
        onChange={(event) => choose(kind, event.target.value)}
        className="min-h-10 w-full max-w-full rounded-md sm:w-64 border border-edge bg-surface pr-7 pl-3 text-sm text-ellipsis"
      >
        <option value="">As in the order</option>
        {order.map((one) => (
          <option key={one} value={one}>
            {nameOf(one)} first
          </option>
        ))}
      </select>
    </div>
  );
}

function Previewed({ kinds }: { readonly kinds: readonly KindPreview[] }) {
  if (kinds.length === 0) return <p className="text-sm">No record would be supplied by another integration than now.</p>;
  return (
    <ul className="grid gap-3 text-sm">
      {kinds.map(({ kind, records, fields }) => (
        <li key={kind}>
          <p className="font-medium">
            {kindTitles[kind]}: {formatCount(records, "record")} supplied by another integration
          </p>
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
