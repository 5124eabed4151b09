"use client";
import { lazy, Suspense } from "react";
import type { AlertBoxProps } from "./alert-box.tsx";

const AlertBox = lazy(() => import("./alert-box.tsx").then(({ AlertBox }) => ({ default: AlertBox })));

/** Something that must be read before it is gone; nothing but its button closes it, Escape apart. */
export function AlertDialog({ open, ...rest }: AlertBoxProps & { readonly open: boolean }) {
  return open ? (
    <Suspense>
      <AlertBox {...rest} />
    </Suspense>
  ) : null;
}
