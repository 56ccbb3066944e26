/** What the demo's calls answer; see Shape. */
export const demoRunShape = async () => (await import("@/lib/contracts/live")).demoRunSchema;
export const demoRunListShape = async () => (await import("@/lib/contracts/portal")).demoRunListSchema;
