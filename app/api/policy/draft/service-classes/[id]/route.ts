import { serviceClassSchema } from "@/lib/contracts/policy";
import { itemParamsSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag, preconditionOf } from "@/lib/http/conditional";
import { policyRoles } from "@/lib/services/change-draft";
import { removeDraftClass } from "@/lib/services/remove-draft-class";
import { saveDraftClass } from "@/lib/services/save-draft-class";

const access = staff(...policyRoles);

export const PUT = route({
  access,
  params: itemParamsSchema,
  body: serviceClassSchema,
  handle: async ({ actor, params, body, request }) => {
    const item = { ...body, id: params.id };
    return jsonWithEtag(await saveDraftClass(actor, { item, precondition: preconditionOf(request) }));
  },
});

export const DELETE = route({
  access,
  params: itemParamsSchema,
  handle: async ({ actor, params, request }) => {
    await removeDraftClass(actor, { id: params.id, precondition: preconditionOf(request) });
    return null;
  },
});
