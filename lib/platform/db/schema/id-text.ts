import { customType } from "drizzle-orm/pg-core";

/** Ids of a SIS are compared byte by byte, whatever the database's language. */
export const idText = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' });
