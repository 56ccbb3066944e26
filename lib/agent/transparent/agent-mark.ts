/** SO_MARK of the agent's own connections while it captures: "TP" and a number of ours. */
export const agentMark = 0x5450_0001;
