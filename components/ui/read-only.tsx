"use client";
import { createContext, type ReactNode, useContext } from "react";

const Context = createContext(false);

/** What stands in it is to be read: buttons are not there, fields cannot be changed. For whom the page is, and what it does is not. */
export function ReadOnly({ is, children }: { readonly is: boolean; readonly children: ReactNode }) {
  return (
    <Context value={is}>
      {is ? (
        <fieldset disabled className="contents">
          {children}
        </fieldset>
      ) : (
        children
      )}
    </Context>
  );
}

export function useReadOnly(): boolean {
  return useContext(Context);
}
