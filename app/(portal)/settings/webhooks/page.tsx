import type { Metadata } from "next";
import { addEndpoint, changeEndpoint, removeEndpoint, rotateEndpoint, sendAgain, testEndpoint } from "#app/(portal)/settings/messages.ts";
import { ReadOnlyBut } from "#app/only-for.tsx";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { DeliveryList } from "#components/notices/delivery-list.tsx";
import { WebhookList } from "#components/notices/webhook-list.tsx";
import { listDeliveries } from "#lib/services/notices/read.ts";
import { listWebhooks } from "#lib/services/webhooks/read.ts";

export const metadata: Metadata = { title: "Webhooks" };

export default async function WebhooksPage() {
  const scope = await adminPage("read-settings");
  const [endpoints, deliveries] = await Promise.all([
    listWebhooks(await services(), scope),
    listDeliveries(await services(), scope, { channel: "webhook" }),
  ]);
  return (
    <ReadOnlyBut capability="change-settings">
      <WebhookList
        endpoints={endpoints}
        add={addEndpoint}
        change={changeEndpoint}
        rotate={rotateEndpoint}
        remove={removeEndpoint}
        test={testEndpoint}
      />
      <DeliveryList
        title="Deliveries"
        lead="The latest 50, to all endpoints. One that fails is tried again, longer and longer apart, for three days."
        rows={deliveries}
        namesRecipient
        sendAgain={sendAgain}
      />
    </ReadOnlyBut>
  );
}
