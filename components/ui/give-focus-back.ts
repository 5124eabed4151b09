/** What has closed gives the focus back to what had it; but not out of a dialog that was opened meanwhile, into which one types already. */
export function giveFocusBack(to: Element | null, options?: FocusOptions): void {
  const dialog = document.activeElement?.closest("[role=dialog], [role=alertdialog]");
  if (dialog && !dialog.contains(to)) return;
  if (to instanceof HTMLElement) to.focus(options);
}
