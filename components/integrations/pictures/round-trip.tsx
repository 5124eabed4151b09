import { Arrow, Box, Mark, Picture } from "./picture.tsx";

const turns = [
  { y: 62, toClever: true, text: "You: Authorize with Clever" },
  { y: 100, toClever: true, text: "You sign in and agree" },
  { y: 138, toClever: false, text: "Back, with a one-use code" },
  { y: 176, toClever: false, text: "The district's token" },
] as const;

/** How an authorization goes from Aivo to Clever and back. */
export function RoundTripPicture() {
  return (
    <Picture
      title="The authorization, there and back"
      description="Four steps between Aivo and Clever. One: in Aivo you choose Authorize with Clever. Two: in Clever you sign in and agree. Three: Clever sends you back with a code that works once. Four: Aivo gets the district's token and keeps it encrypted."
      caption="You begin and end in Aivo, in the same browser. Aivo never sees your Clever password."
      height={204}
    >
      <Box x={12} y={10} width={72} height={26} label="Aivo" isOurs />
      <Box x={196} y={10} width={72} height={26} label="Clever" />
      <g className="stroke-line" strokeWidth="1.5" strokeDasharray="3 3">
        <line x1="48" y1="36" x2="48" y2="194" />
        <line x1="232" y1="36" x2="232" y2="194" />
      </g>
      {turns.map(({ y, toClever, text }, index) => (
        <g key={text}>
          <Arrow from={toClever ? [58, y + 8] : [222, y + 8]} to={toClever ? [222, y + 8] : [58, y + 8]} />
          <Mark x={toClever ? 48 : 232} y={y + 8}>
            {index + 1}
          </Mark>
          <text x="140" y={y} textAnchor="middle" className="fill-ink text-[11px]">
            {text}
          </text>
        </g>
      ))}
    </Picture>
  );
}
