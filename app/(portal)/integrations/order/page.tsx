import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { OrderForm } from "#components/integrations/order-form.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { getOrder } from "#lib/services/integrations/order.ts";
import { saveOrder, showOrder } from "./actions.ts";

export const metadata: Metadata = { title: "Whose values win" };

export default async function OrderPage() {
  const scope = await adminPage("change-integrations", "read-syncs");
  const order = await getOrder(await services(), scope);
  return (
    <>
      <PageHeader
        title="Whose values win"
        lead="Where several integrations have a record, the first of them that is active supplies its values. A record is withdrawn when the last of them lets it go."
        breadcrumbs={[{ label: "SIS Integration", href: paths.integrations() }]}
      />
      {order.integrations.length < 2 ? (
        <Card>
          <EmptyState title="There is only one integration">With a second one, you say here whose values win.</EmptyState>
        </Card>
      ) : (
        <OrderForm key={JSON.stringify([order.order, order.kinds, order.fields])} standing={order} preview={showOrder} save={saveOrder} />
      )}
    </>
  );
}
