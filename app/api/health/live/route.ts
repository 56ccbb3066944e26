import { anyone } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { version } from "@/lib/shared/version";

/** Asks nobody: a portal whose database is away is not mended by being started anew. */
export const GET = route({ access: anyone, handle: async () => ({ status: "ok", version }) });
