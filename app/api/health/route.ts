import { anyone } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { checkHealth } from "@/lib/services/check-health";

export const GET = route({ access: anyone, handle: checkHealth });
