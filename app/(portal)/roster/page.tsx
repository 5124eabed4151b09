import { redirect } from "next/navigation";
import { paths } from "#app/paths.ts";

export default function Roster(): never {
  redirect(paths.roster("schools"));
}
