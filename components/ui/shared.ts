import type { ReactNode } from "react";

/**
 * Elements that are equal in many rows of one table, each made once: what the browser gets then says it once and refers to it. The key
 * says all that the element depends on.
 */
export function shared(): (key: string, make: () => ReactNode) => ReactNode {
  const made = new Map<string, ReactNode>();
  return (key, make) => {
    const element = made.get(key) ?? make();
    made.set(key, element);
    return element;
  };
}
