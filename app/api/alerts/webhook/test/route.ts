import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { testAlertWebhook, webhookRoles } from "@/lib/services/alert-webhook";

export const POST = route({ access: staff(...webhookRoles), handle: ({ actor }) => testAlertWebhook(actor) });
