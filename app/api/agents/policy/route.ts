import { agentPolicyQuerySchema } from "@/lib/contracts/policy";
import { device } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { eventStreamResponse } from "@/lib/http/event-stream";
import { followAgentPolicy } from "@/lib/services/follow-agent-policy";

export const GET = route({
  access: device,
  query: agentPolicyQuerySchema,
  handle: ({ actor, query, request, isStillAllowed }) =>
    eventStreamResponse({
      request,
      isStillAllowed,
      heartbeatMs: 5000,
      maxQueuedBytes: 64 * 1024 * 1024,
      start: (send, control) =>
        followAgentPolicy({
          ...control,
          device: actor,
          send,
          takesDemoRuns: query.demo !== undefined,
          nodesFor: query.nodes === undefined ? null : { region: query.region ?? null },
        }),
    }),
});
