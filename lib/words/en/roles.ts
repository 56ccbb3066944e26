/** What staff may be. */
export const roles = {
  admin: "admin",
  operator: "operator",
  support: "support",
  demo: "demo",
  viewer: "viewer",
} as const;
