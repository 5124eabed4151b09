import { looks } from "./button-looks.ts";
import { TableMenuButton, type TableMenuButtonProps } from "./table-menu-button.tsx";

/** The button to choose the columns of a table and how dense its rows stand. */
export function TableMenu(props: Omit<TableMenuButtonProps, "className">) {
  return <TableMenuButton {...props} className={looks({ variant: "quiet" })} />;
}
