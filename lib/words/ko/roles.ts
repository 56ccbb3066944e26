import type { roles as english } from "../en/roles";
import type { Words } from "../translate";

export const roles: Words<typeof english> = {
  admin: "관리자",
  operator: "운영자",
  support: "고객 지원",
  demo: "데모",
  viewer: "열람자",
};
