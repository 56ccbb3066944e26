import { idParamsSchema } from "@/lib/contracts/portal";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { readDemoRun } from "@/lib/services/demo-run-store";

export const GET = route({ access: anyStaff, params: idParamsSchema, handle: ({ params }) => readDemoRun(params.id) });
