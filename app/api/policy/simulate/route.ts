import { simulateSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyReaders } from "@/lib/services/actor";
import { simulateDecision } from "@/lib/services/simulate-decision";

export const POST = route({
  access: staff(...policyReaders),
  body: simulateSchema,
  handle: ({ actor, body }) => simulateDecision(actor, body),
});
