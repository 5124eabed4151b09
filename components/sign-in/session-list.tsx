"use client";
import { useState } from "react";
import { type Result, unreachable } from "#components/settings/result.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface OwnSessionItem {
  readonly id: string;
  readonly device: string | null;
  readonly place: string | null;
  readonly signedInAt: string;
  readonly lastSeenAt: string;
  /** The one that shows this. */
  readonly isThis: boolean;
}

export interface SessionListProps {
  readonly sessions: readonly OwnSessionItem[];
  readonly end: (id: string) => Promise<Result>;
  readonly endOthers: () => Promise<Result>;
  readonly hours: number;
  readonly idleMinutes: number;
}

export function SessionList({ sessions, end, endOthers, hours, idleMinutes }: SessionListProps) {
  const others = sessions.filter(({ isThis }) => !isThis);
  return (
    <Card
      title="Your sessions"
      lead={`Where you are signed in. Each ends after ${hours} hours, or when you do nothing in it for ${idleMinutes} minutes.`}
      flush
      className="max-w-2xl"
      actions={
        others.length === 0 ? null : (
          <End label="Sign out everywhere else" done="You are signed out everywhere else" act={endOthers} name="Sign out everywhere else" />
        )
      }
    >
      <ul className="divide-y divide-line border-b border-line">
        {sessions.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-2.5">
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-2 text-sm font-strong">
                {session.device ?? "Unknown device"}
                {session.isThis ? <Badge>This one</Badge> : null}
              </p>
              <p className="text-small text-muted">
                {session.place === null ? null : <>From the network {session.place} · </>}
                Since <DateTime at={session.signedInAt} as="sentence" /> · Last seen <DateTime at={session.lastSeenAt} as="sentence" />
              </p>
            </div>
            {session.isThis ? null : (
              <End
                label="End"
                name={`End the session on ${session.device ?? "an unknown device"}`}
                done="The session is over"
                act={() => end(session.id)}
              />
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface EndProps {
  readonly label: string;
  readonly name: string;
  readonly done: string;
  readonly act: () => Promise<Result>;
}

function End({ label, name, done, act }: EndProps) {
  const [pending, setPending] = useState(false);
  const go = async () => {
    setPending(true);
    const result = await act().catch(() => unreachable);
    setPending(false);
    if (result.ok) toast({ tone: "good", title: done });
    else toast({ tone: "bad", title: "Nothing was ended", description: result.message });
  };
  return (
    <Button size="sm" pending={pending} onClick={go} aria-label={name}>
      {label}
    </Button>
  );
}
