export {
  type AccessKind,
  type CompiledPolicy,
  classifyAccess,
  compilePolicy,
  type PolicyInput,
  withOwnAddresses,
} from "./compile-policy";
export {
  type Allowed,
  type DestinationDecision,
  decideAddress,
  decideHost,
  type HostDecision,
  type RefusalCode,
  type Refused,
  shouldUseProxy,
} from "./decide-destination";
export { type Cidr, type IpAddress, isInCidr, parseAddress, parseCidr } from "./ip";
export { PrefixTable } from "./prefix-table";
export { refusedRange } from "./special-ranges";
export {
  isPortOpen,
  type MatchTarget,
  type PortRange,
  type RuleInput,
  type WhiteListInput,
  type WhiteListMatch,
  WhiteListMatcher,
} from "./white-list-matcher";
