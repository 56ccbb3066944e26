import { policyAckSchema } from "@/lib/contracts/policy";
import { proxyNode } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { recordPolicyAck } from "@/lib/services/record-policy-ack";

export const POST = route({
  access: proxyNode,
  body: policyAckSchema,
  handle: async ({ actor, body }) => {
    await recordPolicyAck(actor, body);
    return null;
  },
});
