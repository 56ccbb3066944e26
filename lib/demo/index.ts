export type { AccessBytes, DemoPlace, LanePayload, LaneTransfer, PreparedRun } from "./demo-place";
export { type InterfaceCounters, parseInterfaceCounters } from "./interface-counters";
export { runDemo } from "./run-demo";
export { RunReporter } from "./run-reporter";
export { alwaysWgetArguments } from "./wget";
