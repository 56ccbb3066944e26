import { proxyNode } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { issueNodeCredential } from "@/lib/services/rotate-node-credential";

export const POST = route({
  access: proxyNode,
  status: 201,
  handle: ({ actor }) => issueNodeCredential(actor),
});
