/** The shade between the page and what floats over it. */
export const overlayClass = "fixed inset-0 z-40 bg-shade";
export const panelClass =
  "fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 animate-appear overflow-y-auto rounded-lg border border-line bg-surface p-6 shadow-floating";
export const footerClass = "mt-6 flex flex-wrap justify-end gap-2 max-sm:[&>*]:min-h-11 max-sm:[&>*]:flex-1";
