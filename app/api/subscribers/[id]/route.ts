import { idParamsSchema } from "@/lib/contracts/portal";
import { subscriberInputSchema } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag, preconditionOf } from "@/lib/http/conditional";
import { subscriberReaders, subscriberWriters } from "@/lib/services/actor";
import { deleteSubscriber } from "@/lib/services/delete-subscriber";
import { showSubscriber } from "@/lib/services/show-subscriber";
import { updateSubscriber } from "@/lib/services/update-subscriber";

export const GET = route({
  access: staff(...subscriberReaders),
  params: idParamsSchema,
  handle: async ({ actor, params }) => jsonWithEtag(await showSubscriber(actor, params.id)),
});

export const PUT = route({
  access: staff(...subscriberWriters),
  params: idParamsSchema,
  body: subscriberInputSchema,
  handle: async ({ actor, params, body, request }) => {
    const change = { id: params.id, input: body, precondition: preconditionOf(request) };
    return jsonWithEtag(await updateSubscriber(actor, change));
  },
});

export const DELETE = route({
  access: staff(...subscriberWriters),
  params: idParamsSchema,
  handle: ({ actor, params, request }) =>
    deleteSubscriber(actor, { id: params.id, precondition: preconditionOf(request) }),
});
