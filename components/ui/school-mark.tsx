import { clsx } from "clsx";

/** Shapes in the order in which schools take them; then they begin again with the next colour, so that shape and colour together repeat last. */
const shapes = ["mark-circle", "mark-diamond", "mark-triangle", "mark-square", "mark-ring", "mark-cross"];
const colors = ["mark-1", "mark-2", "mark-3"];

/** The mark of a school by its place among the schools of its district, from 0. Its name stands beside it. It is drawn in app/marks.css. */
export function SchoolMark({ place, className }: { readonly place: number; readonly className?: string }) {
  const color = colors[(place + Math.floor(place / shapes.length)) % colors.length];
  return <i className={clsx("mark", shapes[place % shapes.length], color, className)} />;
}

export interface SchoolNameProps {
  readonly name: string;
  /** See SchoolMark; null: unknown, no mark. */
  readonly place: number | null;
}

/** A school: shape, colour, name. */
export function SchoolName({ name, place }: SchoolNameProps) {
  return (
    <span className="school">
      {place === null ? null : <SchoolMark place={place} />}
      <span className="cut">{name}</span>
    </span>
  );
}
