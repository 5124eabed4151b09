import { clsx } from "clsx";

/** Shapes in the order in which schools take them; then they begin again with the next colour, so that shape and colour together repeat last. */
const shapes = [
  <circle key="circle" cx="5" cy="5" r="4.5" />,
  <path key="diamond" d="M5 0 10 5 5 10 0 5Z" />,
  <path key="triangle" d="M5 .5 10 9.5H0Z" />,
  <path key="square" d="M.75.75h8.5v8.5H.75Z" />,
  <path
    key="ring"
    fillRule="evenodd"
    d="M5 .25a4.75 4.75 0 1 1 0 9.5 4.75 4.75 0 0 1 0-9.5Zm0 2.4a2.35 2.35 0 1 0 0 4.7 2.35 2.35 0 0 0 0-4.7Z"
  />,
  <path key="cross" d="M3.5.5h3v3h3v3h-3v3h-3v-3h-3v-3h3Z" />,
];
const colors = ["fill-school-1", "fill-school-2", "fill-school-3"];

/** The mark of a school by its place among the schools of its district, from 0. Its name stands beside it. */
export function SchoolMark({ place, className }: { readonly place: number; readonly className?: string }) {
  const color = colors[(place + Math.floor(place / shapes.length)) % colors.length];
  return (
    <svg aria-hidden viewBox="0 0 10 10" className={clsx("size-2.5 shrink-0", color, className)}>
      {shapes[place % shapes.length]}
    </svg>
  );
}

export interface SchoolNameProps {
  readonly name: string;
  /** See SchoolMark; null: unknown, no mark. */
  readonly place: number | null;
}

/** A school: shape, colour, name. */
export function SchoolName({ name, place }: SchoolNameProps) {
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5">
      {place === null ? null : <SchoolMark place={place} />}
      <span className="cut truncate">{name}</span>
    </span>
  );
}
