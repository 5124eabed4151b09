/** Test-only: CSV as a spreadsheet reads it, by RFC 4180 alone. */
export function cellsOf(text: string): readonly string[] {
  const cells: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === '"') {
      let cell = "";
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[at++];
        else break;
      }
      at++;
      cells.push(cell);
    } else {
      const end = /[,\r\n]/g;
      end.lastIndex = at;
      const to = end.exec(text)?.index ?? text.length;
      cells.push(text.slice(at, to));
      at = to;
    }
    if (text[at] === ",") at++;
    else while (text[at] === "\r" || text[at] === "\n") at++;
  }
  return cells;
}

/** Whether a spreadsheet would compute the cell. A number alone is one. */
export function isFormula(cell: string): boolean {
  return /^[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫]/.test(cell) && !/^[+-]?\d+(\.\d+)?$/.test(cell);
}
