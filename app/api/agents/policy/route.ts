import { device } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { eventStreamResponse } from "@/lib/http/event-stream";
import { followPolicy } from "@/lib/services/follow-policy";

export const GET = route({
  access: device,
  handle: ({ actor, request, isStillAllowed }) =>
    eventStreamResponse({ request, isStillAllowed, heartbeatMs: 5000, start: (send) => followPolicy(send, actor.id) }),
});
