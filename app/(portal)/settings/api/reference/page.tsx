import type { Metadata } from "next";
import { apiDocument } from "#app/api/v1/document.ts";
import { referenceOf } from "#app/api/v1/reference.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { ApiReference } from "#components/api/api-reference.tsx";

export const metadata: Metadata = { title: "API reference" };

export default async function ApiReferencePage() {
  await adminPage("read-settings");
  const { env } = await services();
  return (
    <ApiReference operations={referenceOf(apiDocument(env.publicUrl))} documentHref={paths.api.openApi()} backHref={paths.apiAccess()} />
  );
}
