/** Whom a white-list is for, with a line that explains it. */
export const audienceChoices = [
  { value: "everyone", label: "Everyone", note: "Every subscriber's traffic to it goes through the proxy." },
  { value: "extra", label: "Extra", note: "Only subscribers that have this list among their extra ones." },
] as const;
