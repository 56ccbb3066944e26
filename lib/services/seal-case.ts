import { createHmac } from "node:crypto";
import type { SealedCase, SupportCase } from "@/lib/contracts/support";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { isEqualInConstantTime } from "@/lib/shared/ids";
import type { StaffActor } from "./actor";

function sealOf(staff: StaffActor, found: SupportCase): string {
  const mac = createHmac("sha256", requireEnv("NEXTAUTH_SECRET"));
  return mac.update(canonicalJson(["support-case", staff.id, found])).digest("base64url");
}

/** The portal's mark on what it showed: without it a browser could have anything kept as a snapshot. */
export function sealCase(staff: StaffActor, found: SupportCase): SealedCase {
  return { ...found, seal: sealOf(staff, found) };
}

/** What was sealed. Errors: AppError SNAPSHOT_NOT_SHOWN for what this member of staff was never shown. */
export function openSeal(staff: StaffActor, { seal, ...found }: SealedCase): SupportCase {
  if (!isEqualInConstantTime(seal, sealOf(staff, found)))
    throw new AppError(
      "SNAPSHOT_NOT_SHOWN",
      "This is not what a look-up of yours showed. Look up again, then keep it.",
    );
  return found;
}
