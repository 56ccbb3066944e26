import { testbedNode } from "@/lib/http/access";
import { eventStreamResponse } from "@/lib/http/event-stream";
import { route } from "@/lib/http/route";
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
