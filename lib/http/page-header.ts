/** Request header by which a page knows what was asked for: its path and query. `proxy.ts` sets it, whatever came before. */
export const pageHeader = "x-page";
