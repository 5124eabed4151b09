import { clsx } from "clsx";
import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import type { FirstSteps as State } from "#lib/services/integrations/first-steps-schema.ts";

export interface FirstStepsProps {
  readonly state: State;
  readonly links: {
    readonly add: string;
    readonly integration: (id: string) => string;
    readonly edit: (id: string) => string;
    readonly notifications: string;
  };
  /** Where another button of the page is the filled one. */
  readonly isQuiet?: boolean;
}

/**
 * From an empty district to a roster that keeps itself: what is done, as the district shows it, each step a link to where it is done, and the next
 * one with its button.
 */
export function FirstSteps({ state, links, isQuiet = false }: FirstStepsProps) {
  const { integrationId: id, isTested, isPreviewed, isSynced, isScheduled, areNoticesChosen } = state;
  const page = id === null ? links.add : links.integration(id);
  const steps = [
    { title: "Sign in as a district admin", text: "You are here.", isDone: true },
    {
      title: "Add an integration",
      text: "Clever, ClassLink, a OneRoster API, or CSV files over SFTP. The form shows where to find each credential.",
      isDone: id !== null,
      label: "Add Integration",
      href: page,
    },
    {
      title: "Test the connection",
      text: "Aivo reads a few rows and shows what it makes of them. A test changes nothing.",
      isDone: isTested,
      label: "Test the Connection",
      href: id === null ? links.add : links.edit(id),
    },
    {
      title: "Preview the first sync",
      text: "Who would arrive, by name, before anything is applied.",
      isDone: isPreviewed,
      label: "Preview Changes",
      href: page,
    },
    {
      title: "Run the first sync",
      text: "All of it is applied, or nothing.",
      isDone: isSynced,
      label: "Go to the Integration",
      href: page,
    },
    {
      title: "Set a schedule",
      text: "Every night, weekdays, every six hours, or by hand.",
      isDone: isScheduled,
      label: "Set a Schedule",
      href: id === null ? page : `${page}#settings`,
    },
    {
      title: "Choose who hears of failures",
      text: "An email or a message to you when a sync fails or waits for a decision, and when that is over.",
      isDone: areNoticesChosen,
      label: "Choose Notifications",
      href: links.notifications,
    },
  ];
  const next = steps.findIndex(({ isDone }) => !isDone);
  return (
    <Card title="First steps" aside={`${steps.filter(({ isDone }) => isDone).length} of ${steps.length} done`} flush>
      <ol className="divide-y divide-line border-b border-line">
        {steps.map(({ title, text, isDone, label, href }, index) => (
          <li key={title} className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 py-3 text-sm sm:grid-cols-[1rem_minmax(0,1fr)_auto]">
            <span aria-hidden className="flex h-5 items-center justify-center">
              {isDone ? (
                <Icon name="check" className="size-3.5 text-muted" />
              ) : (
                <span className="size-2.5 rounded-full border-[1.5px] border-edge" />
              )}
            </span>
            <div className="grid gap-0.5">
              <p className={clsx(index === next ? "font-strong" : isDone && "text-muted")}>
                {index === next || href === undefined ? (
                  title
                ) : (
                  <Link href={href} className="hover:underline">
                    {title}
                  </Link>
                )}
                <span className="sr-only">{isDone ? " (done)" : index === next ? " (next)" : " (to do)"}</span>
              </p>
              {index === next ? <p className="max-w-xl text-muted">{text}</p> : null}
            </div>
            {index === next && href !== undefined ? (
              <div className="max-sm:col-start-2 max-sm:mt-2">
                <LinkButton variant={isQuiet ? "secondary" : "primary"} href={href}>
                  {label}
                </LinkButton>
              </div>
            ) : null}
          </li>
        ))}
      </ol>
    </Card>
  );
}
