import type { ApiCalls } from "./api-call";
import { governCalls } from "./govern-calls";
import { operateCalls } from "./operate-calls";
import { policyCalls } from "./policy-calls";
import { subscriberCalls } from "./subscriber-calls";
import { supportCalls } from "./support-calls";

export { type ApiCall, type ApiCaller, type ApiCalls, type ApiMethod, apiMethods, type UploadType } from "./api-call";

/** Every call of the API; `tests/fitness/api-description.test.ts` holds it against the routes, both ways. */
export const apiCalls: ApiCalls = {
  ...operateCalls,
  ...subscriberCalls,
  ...supportCalls,
  ...policyCalls,
  ...governCalls,
};

/** The same calls by name, each with its own shapes. */
export type KnownCalls = typeof operateCalls &
  typeof subscriberCalls &
  typeof supportCalls &
  typeof policyCalls &
  typeof governCalls;
