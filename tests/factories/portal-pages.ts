import type { Furnishings } from "./furnished-product";

/** A page of the portal, and a text that is there once it shows what it has. */
export type KnownPage = { path: string; ready: string | RegExp };

/** Pages for who is not signed in. */
export const strangersPages: readonly KnownPage[] = [
  { path: "/sign-in", ready: "Sign in" },
  { path: "/setup?token=0123456789abcdef0123", ready: "Make the account" },
  { path: "/setup", ready: /set-up/i },
  { path: "/choose-password", ready: /link/i },
  { path: "/shared", ready: "The link is not complete" },
];

/** Pages that every product has, whatever was done with it. */
export const fixedPages: readonly KnownPage[] = [
  { path: "/", ready: "Throughput by access" },
  { path: "/sessions", ready: "Destination" },
  { path: "/map", ready: "Content providers" },
  { path: "/nodes", ready: "Testbed proxy" },
  { path: "/alerts", ready: "Fallback to plain TCP" },
  { path: "/history", ready: "LTE share by class" },
  { path: "/support/snapshots/nobody-has-this", ready: "No snapshot at this link" },
  { path: "/support", ready: "Who is calling?" },
  { path: "/subscribers", ready: "MSISDN" },
  { path: "/devices", ready: "demo-ue" },
  { path: "/demo", ready: "Past runs" },
  { path: "/policy/classes", ready: "LTE share, at most" },
  { path: "/policy/white-lists", ready: "YouTube" },
  { path: "/policy/white-lists/youtube", ready: "googlevideo.com" },
  { path: "/policy/versions", ready: "Version 1" },
  { path: "/policy/versions/1", ready: "The first policy" },
  { path: "/policy/simulator?host=www.youtube.com", ready: "Every step" },
  { path: "/policy/networks", ready: "Allowed private ranges" },
  { path: "/subscribers/imports", ready: "Earlier imports" },
  { path: "/govern/staff", ready: "Add staff" },
  { path: "/govern/api", ready: "/api/subscribers" },
  { path: "/govern/tokens", ready: "Add token" },
  { path: "/govern/audit", ready: "session.create" },
  { path: "/account", ready: "This browser" },
];

/** Pages of single things that `furnish` made. */
export function furnishedPages(made: Furnishings): readonly KnownPage[] {
  return [
    { path: `/demo/runs/${made.runId}`, ready: "RECORDED" },
    { path: `/sessions/${made.sessionKey}`, ready: "Byte balance" },
    { path: `/subscribers/${made.subscriberId}`, ready: "demo-ue" },
    { path: `/subscribers/imports/${made.importId}`, ready: "subscribers-of-november.csv" },
    { path: `/support/snapshots/${made.snapshotToken}`, ready: /^SNAPSHOT of/ },
  ];
}

/** The same for who is not signed in. */
export function furnishedStrangersPages(made: Furnishings): readonly KnownPage[] {
  const here = (url: string) => url.slice(new URL(url).origin.length);
  return [
    { path: here(made.shareUrl), ready: "RECORDED" },
    { path: here(made.invitationUrl), ready: "Choose" },
  ];
}
