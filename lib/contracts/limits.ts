/** The longest span of the history. */
export const maxHistoryDays = 31;
/** How far back the support desk looks. */
export const momentMaxDays = 30;
