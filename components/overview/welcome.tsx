import { LinkButton } from "#components/ui/link-button.tsx";

const steps = [
  {
    title: "Connect your SIS",
    text: "Clever, ClassLink, a OneRoster API, or CSV files over SFTP. The form shows where to find each credential.",
  },
  { title: "Test the connection", text: "Aivo reads a few rows and shows what it makes of them. A test changes nothing." },
  {
    title: "Choose a schedule",
    text: "Every night, weekdays, every six hours, or by hand. You can preview the first sync before it is applied.",
  },
] as const;

/** What comes first in a district that has no integration yet. */
export function Welcome({ href }: { readonly href: string }) {
  return (
    <div className="grid gap-8">
      <ol className="grid max-w-2xl">
        {steps.map(({ title, text }, index) => (
          <li key={title} className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-2 border-t border-line py-4 first:border-t-0">
            <span aria-hidden className="text-head text-muted">
              {index + 1}
            </span>
            <h2 className="text-head">{title}</h2>
            <p className="col-start-2 text-sm text-pretty text-soft">{text}</p>
          </li>
        ))}
      </ol>
      <div>
        <LinkButton variant="primary" href={href}>
          Add Integration
        </LinkButton>
      </div>
    </div>
  );
}
