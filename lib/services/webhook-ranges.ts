import { type Cidr, parseCidr } from "@/lib/policy";
import { readEnv } from "@/lib/shared/env";
import { AppError, errorMessage } from "@/lib/shared/errors";

/** Private ranges that webhooks may lead to, as the operator allows them by name. Errors: AppError ENV_BAD_VALUE. */
export function readWebhookRanges(): Cidr[] {
  const text = readEnv("TWINPATH_WEBHOOK_RANGES") ?? "";
  const parts = text.split(",").map((part) => part.trim());
  try {
    return parts.filter((part) => part !== "").map(parseCidr);
  } catch (cause) {
    throw new AppError("ENV_BAD_VALUE", `TWINPATH_WEBHOOK_RANGES is "${text}": ${errorMessage(cause)}`, { cause });
  }
}
