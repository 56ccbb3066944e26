import type { SubscriberDetail } from "@/lib/contracts/subscribers";
import { requireRole, type StaffActor, subscriberReaders } from "./actor";
import { getSubscriber } from "./get-subscriber";
import { identifiersFor } from "./identifiers";

/** A subscriber with its devices, numbers as the reader may see them. Errors: AppError AUTH_FORBIDDEN, NOT_FOUND. */
export async function showSubscriber(staff: StaffActor, id: string): Promise<SubscriberDetail> {
  requireRole(staff, subscriberReaders);
  const [identifiers, subscriber] = await Promise.all([identifiersFor(staff), getSubscriber(id)]);
  return identifiers.ofSubscriber({
    ...subscriber,
    deviceList: subscriber.deviceList.map((one) => identifiers.ofDevice(one)),
  });
}
