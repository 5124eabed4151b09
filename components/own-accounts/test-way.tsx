"use client";
import { lazy, Suspense, useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";

/** What was read of a provider. */
export interface WayFacts {
  readonly issuer: string;
  readonly authorizationHost: string;
  readonly tokenHost: string;
  readonly userinfoHost: string | null;
  readonly keys: number;
  readonly saysPkce: boolean;
  readonly namesItself: boolean;
}

export interface TestWayProps {
  readonly id: string;
  readonly label: string;
  readonly test: (id: string) => Promise<Result<WayFacts>>;
}

const answer = () => import("./way-answer.tsx");
const WayAnswer = lazy(() => answer().then(({ WayAnswer }) => ({ default: WayAnswer })));

/** Reads what the provider says of itself. Whether it lets anybody in, only signing in shows. */
export function TestWay({ id, label, test }: TestWayProps) {
  const [pending, setPending] = useState(false);
  const [result, setResult] = useState<Result<WayFacts> | null>(null);
  const go = async () => {
    setPending(true);
    void answer().catch(() => undefined);
    setResult(await test(id).catch(() => unreachable));
    setPending(false);
  };
  return (
    <>
      <Button size="sm" pending={pending} onClick={go} aria-label={`Test ${label}`}>
        Test
      </Button>
      {result === null ? null : (
        <Suspense>
          <WayAnswer result={result} onClose={() => setResult(null)} />
        </Suspense>
      )}
    </>
  );
}
