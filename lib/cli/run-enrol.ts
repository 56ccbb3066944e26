import { enrolDevice } from "@/lib/services/enrol-device";
import { AppError } from "@/lib/shared/errors";
import { newShortId } from "@/lib/shared/ids";
import { say } from "./say";
import { withRunningDatabase } from "./with-running-database";

export type EnrolCommand = { dataDir: string; msisdn: string; class: string; device?: string };

/** `twinpath enrol`: make a device of a subscriber and show its secret once. */
export async function runEnrol(options: EnrolCommand): Promise<void> {
  if (!/^[1-9][0-9]{6,14}$/.test(options.msisdn))
    throw new AppError("CLI_BAD_MSISDN", `--msisdn is "${options.msisdn}": give 7 to 15 digits without "+".`);
  const deviceId = options.device ?? `device-${newShortId()}`;
  const enrolled = await withRunningDatabase(options.dataDir, () =>
    enrolDevice({ deviceId, msisdn: options.msisdn, serviceClassId: options.class }),
  );
  say(`Device:  ${enrolled.deviceId}`);
  say(`Secret:  ${enrolled.secret}   (shown once; give it to the agent as TWINPATH_DEVICE_SECRET)`);
}
