import { CalendarClock, KeyRound, PlugZap } from "lucide-react";
import { LinkButton } from "#components/ui/button.tsx";

const steps = [
  {
    icon: KeyRound,
    title: "Connect your SIS",
    text: "Clever, ClassLink, a OneRoster API, or CSV files over SFTP. The form shows where to find each credential.",
  },
  { icon: PlugZap, title: "Test the connection", text: "Aivo reads a few rows and shows what it makes of them. A test changes nothing." },
  {
    icon: CalendarClock,
    title: "Choose a schedule",
    text: "Every night, weekdays, every six hours, or by hand. You can preview the first sync before it is applied.",
  },
] as const;

/** The Overview of a district that has no integration yet. */
export function Welcome({ href }: { readonly href: string }) {
  return (
    <section className="grid gap-8 rounded-lg border border-line bg-surface p-6 shadow-raised sm:p-10" aria-labelledby="welcome">
      <div className="grid max-w-xl gap-2">
        <h2 id="welcome" className="text-xl font-semibold">
          Bring your roster in
        </h2>
        <p className="text-pretty text-muted">
          Connect your Student Information System once. From then on Aivo keeps schools, classrooms, teachers and learners the way your SIS
          says they are.
        </p>
      </div>
      <ol className="grid gap-6 sm:grid-cols-3">
        {steps.map(({ icon: Icon, title, text }, index) => (
          <li key={title} className="grid content-start gap-2">
            <span aria-hidden className="grid size-10 place-items-center rounded-full bg-accent-soft text-accent">
              <Icon className="size-5" />
            </span>
            <p className="font-medium">
              {index + 1}. {title}
            </p>
            <p className="text-sm leading-relaxed text-muted">{text}</p>
          </li>
        ))}
      </ol>
      <div>
        <LinkButton variant="primary" href={href}>
          Add Integration
        </LinkButton>
      </div>
    </section>
  );
}
