/** Text as it may stand in HTML, also within quotes. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const style = `
  :root { color-scheme: light dark; --line: light-dark(#d8dce3, #363c47); --quiet: light-dark(#5a6372, #9aa4b2); --main: light-dark(#1f5fd0, #7fb0ff);
    --page: light-dark(#f7f8fa, #14171c); --card: light-dark(#fff, #1c2027); --bad: light-dark(#b3261e, #ff8f86); }
  * { box-sizing: border-box; }
  body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: var(--page); }
  main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
  h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
  section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; margin-top: 1.25rem; overflow-x: auto; }
  .quiet { color: var(--quiet); margin: .25rem 0; } .bad { color: var(--bad); font-weight: 600; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .35rem .75rem .35rem 0; vertical-align: top; }
  th { font-weight: 600; color: var(--quiet); } tr + tr td, tbody tr:first-child td { border-top: 1px solid var(--line); }
  code { font-size: .9em; overflow-wrap: anywhere; }
  form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: .75rem 0 0; } label { display: grid; gap: .25rem; font-size: .9rem; max-width: 100%; }
  input, select, button { font: inherit; padding: .45rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--page); color: inherit; min-height: 2.5rem; max-width: 100%; }
  input[type=number] { width: 7rem; } button { cursor: pointer; font-weight: 600; } button.main { background: var(--main); color: light-dark(#fff, #0c1420); border-color: transparent; }
  :focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }`;

/** A page of the sandbox: no script, light and dark. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${html(title)}</title><style>${style}</style></head><body><main>${body}</main></body></html>`;
}
