import { alertWebhookInputSchema } from "@/lib/contracts/alerts";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { getAlertWebhook, saveAlertWebhook, webhookRoles } from "@/lib/services/alert-webhook";

export const GET = route({ access: staff(...webhookRoles), handle: ({ actor }) => getAlertWebhook(actor) });

export const PUT = route({
  access: staff(...webhookRoles),
  body: alertWebhookInputSchema,
  handle: ({ actor, body }) => saveAlertWebhook(actor, body.url),
});
