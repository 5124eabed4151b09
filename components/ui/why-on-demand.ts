"use client";
import { lazy } from "react";

/** The same, fetched with the dialog that it stands in, which waits for it. */
export const WhyOnDemand = lazy(() => import("./why-field.tsx").then(({ WhyField }) => ({ default: WhyField })));
