import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { demoRoles } from "@/lib/services/actor";
import { listDemoDevices } from "@/lib/services/list-demo-devices";

export const GET = route({ access: staff(...demoRoles), handle: ({ actor }) => listDemoDevices(actor) });
