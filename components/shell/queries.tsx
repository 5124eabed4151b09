"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

/** Around what follows something on the server by queries; pages that follow nothing do not load it. */
export function Queries({ children }: { readonly children: ReactNode }) {
  // A client per browser page, and one per request on the server, so that nobody meets another's data.
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry: 1 } } }));
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
