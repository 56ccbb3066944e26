import { signInRoute } from "@/lib/http/sign-in-route";

export const { GET, POST } = signInRoute();
