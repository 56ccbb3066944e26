import * as z from "zod";

/** `GET /api/first-steps`: what was done of the ways into the product, so that its guide follows what is so. */
export const firstStepsSchema = z.object({
  /** A proxy has reported. */
  hasProxy: z.boolean(),
  hasSubscriber: z.boolean(),
  /** A device holds a credential. */
  hasDevice: z.boolean(),
  /** A session went through a proxy. */
  hasSession: z.boolean(),
  /** Somebody of the staff published a policy. */
  hasPublication: z.boolean(),
  /** The reader looked a subscriber up. */
  hasLookUp: z.boolean(),
  /** A testbed has reported. */
  hasTestbed: z.boolean(),
  /** A demo run went to its end. */
  hasRun: z.boolean(),
});

export type FirstSteps = z.infer<typeof firstStepsSchema>;
