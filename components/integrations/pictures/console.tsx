import { Mark, Picture, pictureWidth } from "./picture.tsx";

export interface ConsoleProps {
  /** Whose console. */
  readonly owner: string;
  /** The way to the page: "Settings", "API". */
  readonly path: readonly [menu: string, page: string];
  /** What stands in the menu beside it. */
  readonly menu: readonly string[];
  /** A switch that has to be on. */
  readonly toggle?: string;
  /** The values to be copied, in the order in which the form asks for them. */
  readonly values: readonly { readonly label: string; readonly sample: string }[];
}

const rowHeight = 40;

/** Where in a console the values stand that the form asks for. */
export function ConsolePicture({ owner, path: [entry, page], menu, toggle, values }: ConsoleProps) {
  const top = toggle ? 84 : 58;
  const height = top + values.length * rowHeight + 8;
  const labels = values.map(({ label }) => label).join(", ");
  return (
    <Picture
      title={`${owner}: ${entry} → ${page}`}
      description={`A sketch of the page ${page} under ${entry}.${toggle ? ` The switch “${toggle}” is on.` : ""} It shows, one below the other: ${labels}.`}
      caption="A sketch: the real page may look different."
      height={height}
    >
      <rect x="0" y="0" width={pictureWidth} height="20" className="fill-sunken" />
      {[10, 20, 30].map((x) => (
        <circle key={x} cx={x} cy="10" r="3" className="fill-edge" />
      ))}
      <text x={pictureWidth / 2} y="14" textAnchor="middle" className="fill-muted text-[10px]">
        {owner}
      </text>
      <rect x="0" y="20" width="84" height={height - 20} className="fill-sunken" opacity="0.6" />
      {menu.map((item, index) => (
        <g key={item}>
          {item === entry ? <rect x="4" y={28 + index * 22} width="76" height="20" rx="4" className="fill-accent-soft" /> : null}
          <text x="10" y={42 + index * 22} className={item === entry ? "fill-accent text-[11px] font-semibold" : "fill-muted text-[11px]"}>
            {item}
          </text>
        </g>
      ))}
      <text x="96" y="44" className="fill-ink text-[13px] font-semibold">
        {page}
      </text>
      {toggle ? (
        <g>
          <rect x="96" y="58" width="26" height="14" rx="7" className="fill-accent" />
          <circle cx="115" cy="65" r="5" className="fill-on-accent" />
          <text x="128" y="69" className="fill-ink text-[11px]">
            {toggle}
          </text>
        </g>
      ) : null}
      {values.map(({ label, sample }, index) => (
        <g key={label}>
          <text x="96" y={top + 10 + index * rowHeight} className="fill-muted text-[10px]">
            {label}
          </text>
          <rect x="96" y={top + 14 + index * rowHeight} width="150" height="19" rx="4" className="fill-surface stroke-edge" />
          <text x="102" y={top + 27 + index * rowHeight} className="fill-ink font-mono text-[10px]">
            {sample}
          </text>
          <Mark x={262} y={top + 23 + index * rowHeight}>
            {index + 1}
          </Mark>
        </g>
      ))}
    </Picture>
  );
}
