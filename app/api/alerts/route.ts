import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { listAlerts } from "@/lib/services/list-alerts";

export const GET = route({ access: anyStaff, handle: () => listAlerts() });
