import { testbedNode } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { eventStreamResponse } from "@/lib/http/event-stream";
import { followTestbedCommands } from "@/lib/services/follow-testbed-commands";

export const GET = route({
  access: testbedNode,
  handle: ({ actor, request, isStillAllowed }) =>
    eventStreamResponse({
      request,
      isStillAllowed,
      heartbeatMs: 5000,
      start: (send) => followTestbedCommands(actor, send),
    }),
});
