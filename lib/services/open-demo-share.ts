import type { SharedRun } from "@/lib/contracts/demo-shares";
import type { DemoRun } from "@/lib/contracts/live";
import { getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";
import { countAttempt } from "./count-attempt";
import { readDemoRun } from "./demo-run-store";

const windowMs = 15 * 60_000;
/** Looks of one source in the window, right or wrong, before further ones are refused unread. */
const maxTries = 60;

/** The run without the names of who started it and of the device that it was on. */
function withoutNames(run: DemoRun): DemoRun {
  const device = run.device === null ? null : { ...run.device, name: "" };
  return { ...run, request: { ...run.request, device: null }, createdBy: "the demo team", device };
}

/**
 * The run that a link shows, without names. A wrong, a revoked and an expired link get one answer.
 * Errors: AppError DEMO_SHARE_REFUSED, DEMO_SHARE_THROTTLED.
 */
export async function openDemoShare({ token, source }: { token: string; source: string }): Promise<SharedRun> {
  const { count, forget } = await countAttempt("shared run", source, windowMs);
  if (count > maxTries) {
    await forget();
    throw new AppError("DEMO_SHARE_THROTTLED", "Too many looks from here. Wait a quarter of an hour and try again.");
  }
  const share = await getDatabase().demoShare.findUnique({ where: { tokenHash: sha256Hex(token) } });
  if (share === null || share.revokedAt !== null || share.expiresAt.getTime() <= Date.now())
    throw new AppError(
      "DEMO_SHARE_REFUSED",
      "This link is not complete, was revoked, or has expired. Ask who sent it for a new one.",
    );
  const run = await readDemoRun(share.runId);
  return { run: withoutNames(run), expiresAt: share.expiresAt.toISOString() };
}
