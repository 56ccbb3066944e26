/** One attempt, no settings of the machine's own, the answer's body to standard output, errors to standard error. */
export const alwaysWgetArguments = [
  "--no-config",
  "--no-verbose",
  "--tries=1",
  "--timeout=30",
  "--output-document=-",
] as const;
