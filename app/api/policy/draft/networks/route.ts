import { networksSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag, preconditionOf } from "@/lib/http/conditional";
import { policyReaders } from "@/lib/services/actor";
import { policyRoles } from "@/lib/services/change-draft";
import { getDraftNetworks } from "@/lib/services/get-draft-networks";
import { saveDraftNetworks } from "@/lib/services/save-draft-networks";

export const GET = route({
  access: staff(...policyReaders),
  handle: async () => jsonWithEtag(await getDraftNetworks()),
});

export const PUT = route({
  access: staff(...policyRoles),
  body: networksSchema,
  maxBytes: 4 * 1024 * 1024,
  handle: async ({ actor, body, request }) =>
    jsonWithEtag(await saveDraftNetworks(actor, { item: body, precondition: preconditionOf(request) })),
});
