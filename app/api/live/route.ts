import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { eventStreamResponse } from "@/lib/http/event-stream";
import { watchLive } from "@/lib/services/watch-live";

export const GET = route({
  access: anyStaff,
  handle: ({ request, isStillAllowed }) =>
    eventStreamResponse({
      request,
      isStillAllowed,
      heartbeatMs: 2000,
      start: async (send) => {
        const { snapshot, stop } = await watchLive(({ id, event }) => send(event, id));
        send(snapshot.event, snapshot.id);
        return stop;
      },
    }),
});
