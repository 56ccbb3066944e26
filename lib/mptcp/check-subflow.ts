import { checkAddress, checkInteger, checkPort } from "./check-arguments";
import type { SubflowAddress } from "./face";

const maxToken = 0xffff_ffff;

/** A subflow's token (from `minToken`) and both its ends; AppError MPTCP_BAD_ARGUMENT otherwise. */
export function checkSubflow(subflow: SubflowAddress, minToken: 0 | 1): SubflowAddress {
  checkInteger("token", subflow.token, minToken, maxToken);
  for (const side of ["local", "remote"] as const) {
    checkAddress(`${side}.address`, subflow[side].address);
    checkPort(`${side}.port`, subflow[side].port, 1);
  }
  return subflow;
}
