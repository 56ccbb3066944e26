export { connectTestbedToPortal, type PortalLink } from "./connect-testbed-to-portal";
export { createTestbed } from "./create-testbed";
export type { AgentProxy } from "./lane-plan";
export type { TestbedOptions } from "./namespace-testbed";
export type { ContentObject, ObjectProgress, Place, Testbed } from "./testbed";
export { testbedPlace } from "./testbed-place";
