import type { Metadata } from "next";
import { chooseMessages, sendAgain } from "#app/(portal)/settings/messages.ts";
import { services } from "#app/services.ts";
import { adminPage, ownPage } from "#app/session.ts";
import { ChoicesForm } from "#components/notices/choices-form.tsx";
import { DeliveryList } from "#components/notices/delivery-list.tsx";
import { listDeliveries, noticeSettings } from "#lib/services/notices/read.ts";

export const metadata: Metadata = { title: "Notifications" };

export default async function NotificationsPage() {
  const scope = await adminPage("be-told");
  const { accountId } = await ownPage();
  const [settings, deliveries] = await Promise.all([
    noticeSettings(await services(), scope, accountId),
    listDeliveries(await services(), scope, { recipientId: accountId }),
  ]);
  return (
    <>
      <ChoicesForm settings={settings} save={chooseMessages} />
      <DeliveryList
        title="Messages to you"
        lead="The latest 50. One that could not be sent is tried again, longer and longer apart, for three days."
        rows={deliveries}
        sendAgain={sendAgain}
      />
    </>
  );
}
