import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { listDraftClasses } from "@/lib/services/list-draft-classes";

export const GET = route({ access: anyStaff, handle: () => listDraftClasses() });
