/** What postgres.js calls on a query of its own, also after a COPY has begun, when nobody else is told. */
export interface Told {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  /** The server's process, once the query is sent. */
  readonly state: { readonly pid: number | null } | null;
}

/**
 * Settles when the server is done with the query: after the rows are there, or with its error, or with that of the lost
 * connection. postgres.js resolves a COPY twice, with the stream when it begins and with the result when it ends; it
 * tells an error that comes after the last row, and the loss of the connection then, to the query alone.
 */
export function endOf(query: object): Promise<void> {
  const told = query as Told;
  const { resolve, reject } = told;
  const end = Promise.withResolvers<void>();
  let hasBegun = false;
  told.resolve = (value) => {
    if (hasBegun) end.resolve();
    hasBegun = true;
    resolve(value);
  };
  told.reject = (reason) => {
    end.reject(reason);
    reject(reason);
  };
  return end.promise;
}
