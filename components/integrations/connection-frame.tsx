import type { ReactNode } from "react";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import { SetupGuide } from "./setup-guide.tsx";

export interface ConnectionFrameProps {
  readonly provider: AvailableProvider;
  readonly summary: ReactNode;
  readonly bar: ReactNode;
  readonly children: ReactNode;
}

/** A connection's form with the provider's guide beside it and the bar at its foot. */
export function ConnectionFrame({ provider, summary, bar, children }: ConnectionFrameProps) {
  return (
    <form className="grid min-w-0 gap-8" noValidate autoComplete="off" onSubmit={(event) => event.preventDefault()}>
      <div className="grid items-start gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="min-w-0 lg:order-last">
          <SetupGuide provider={provider} />
        </div>
        <div className="grid min-w-0 gap-8">
          {summary}
          {children}
        </div>
      </div>
      {bar}
    </form>
  );
}
