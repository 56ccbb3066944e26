export { createTestbed } from "./create-testbed";
export type { TestbedOptions } from "./namespace-testbed";
export type {
  AccessLinkId,
  ContentObject,
  InterfaceCounters,
  LinkFault,
  ObjectProgress,
  Place,
  Testbed,
} from "./testbed";
