import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { readNodes } from "@/lib/services/list-nodes";

export const GET = route({ access: anyStaff, handle: async () => ({ nodes: await readNodes() }) });
