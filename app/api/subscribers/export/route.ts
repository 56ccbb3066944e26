import { subscriberFilterSchema } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { csvResponse } from "@/lib/http/csv-response";
import { subscriberWriters } from "@/lib/services/actor";
import { exportSubscribers } from "@/lib/services/export-subscribers";

export const GET = route({
  access: staff(...subscriberWriters),
  query: subscriberFilterSchema,
  handle: async ({ actor, query }) => csvResponse("subscribers.csv", exportSubscribers(actor, query)),
});
