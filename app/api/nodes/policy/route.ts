import { proxyNode } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { eventStreamResponse, lastEventIdOf } from "@/lib/http/event-stream";
import { followNodePolicy } from "@/lib/services/follow-node-policy";

export const GET = route({
  access: proxyNode,
  handle: ({ actor, request, isStillAllowed }) =>
    eventStreamResponse({
      request,
      isStillAllowed,
      heartbeatMs: 5000,
      maxQueuedBytes: 64 * 1024 * 1024,
      start: (send, { close }) => followNodePolicy({ node: actor, lastVersion: lastEventIdOf(request), send, close }),
    }),
});
