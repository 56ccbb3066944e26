export { classInForce, monthOf } from "./class-in-force";
export {
  type AccessExplanation,
  type CompiledPolicy,
  classifyAccess,
  compilePolicy,
  explainAccess,
  type PolicyInput,
  withOwnAddresses,
} from "./compile-policy";
export {
  type Allowed,
  type DecidingPolicy,
  type DestinationDecision,
  decideAddress,
  decideHost,
  type HostDecision,
  type RefusalCode,
  type Refused,
  shouldUseProxy,
} from "./decide-destination";
export { diffPolicies, type PolicyDiffItem } from "./diff-policies";
export { type ExplainedDecision, explainDecision, type TraceStep, traceStep } from "./explain-decision";
export { findFindings, shadowedBy } from "./find-findings";
export { analyseRules, type RuleAnalysis } from "./findings/analyse-rules";
export type { PolicyFinding } from "./findings/finding";
export { type Cidr, type IpAddress, isInCidr, parseAddress, parseCidr, sourceKey } from "./ip";
export { isInCanary } from "./is-in-canary";
export { applyDelta, makeDelta, type PolicyDeltaOf } from "./policy-delta";
export type {
  AccessKind,
  AccessNetworkInput,
  PolicyContentInput,
  PolicySnapshotInput,
  PortRange,
  QuotaClass,
  RuleInput,
  ServiceClassInput,
  WhiteListAudience,
  WhiteListInput,
} from "./policy-input";
export { PrefixTable } from "./prefix-table";
export { type RankedNode, rankNodes } from "./rank-nodes";
export { ruleKey } from "./rule-target";
export { refusedRange } from "./special-ranges";
export { SteeringController } from "./steering/steering-controller";
export type {
  BackupCause,
  DestroyCause,
  LinkReading,
  SteeringAction,
  SteeringReading,
  SteeringSettings,
  SubflowReading,
} from "./steering/steering-types";
export { isPortOpen, type MatchTarget, type WhiteListMatch, WhiteListMatcher } from "./white-list-matcher";
