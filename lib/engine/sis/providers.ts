/** The providers of product.md, in its order. */
export const providerIds = ["clever", "classlink", "oneroster-rest", "oneroster-csv"] as const;
export type ProviderId = (typeof providerIds)[number];
