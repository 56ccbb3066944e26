/** One thing that `twinpath doctor` looked at; `detail` says how to mend it where it is not good. */
export type Finding = { what: string; isGood: boolean; detail: string; isNeededFor: string };
