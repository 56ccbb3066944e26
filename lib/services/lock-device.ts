import type { Transaction } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { type DeviceRow, deviceColumns } from "./device-row";

/** The device, kept from others' changes to the end of the transaction. Errors: AppError DEVICE_UNKNOWN. */
export async function lockDevice(transaction: Transaction, id: string): Promise<DeviceRow> {
  const [row] = await transaction.$queryRaw<DeviceRow[]>`
    SELECT ${deviceColumns} FROM devices d JOIN subscribers s ON s.id = d.subscriber_id
    WHERE d.id = ${id} FOR UPDATE OF d`;
  if (row === undefined) throw new AppError("DEVICE_UNKNOWN", "No device has this id (any more).");
  return row;
}
