import { enrolDevice } from "./enrol-device";

/** A number from the range that ITU-T E.164 keeps for trials, so that it is nobody's. */
const msisdn = "99999000001";

/**
 * The testbed's subscriber with its one device, which gets a new secret at each call. The class is for the first time:
 * afterwards it is what staff make of it.
 */
export function ensureDemoSubscriber({ classId }: { classId: string }): Promise<{ deviceId: string; secret: string }> {
  return enrolDevice({ deviceId: "demo-ue", msisdn, serviceClassId: classId });
}
