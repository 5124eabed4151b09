import type { ReactNode } from "react";
import { Announcer } from "#components/ui/announcer.tsx";
import { Toaster } from "#components/ui/toaster.tsx";

export function Providers({ children }: { readonly children: ReactNode }) {
  return (
    <>
      {children}
      <Announcer />
      <Toaster />
    </>
  );
}
