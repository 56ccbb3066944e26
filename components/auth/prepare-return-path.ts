/**
 * Where to go after sign-in. Only a path of this portal is followed, so that a link cannot lead away to another host;
 * anything else is the Overview.
 */
export function prepareReturnPath(wanted: string | undefined): string {
  const base = "http://portal.invalid";
  if (wanted === undefined || !URL.canParse(wanted, base)) return "/";
  const url = new URL(wanted, base);
  const isOurs = url.origin === base && wanted.startsWith("/");
  const isAuthPage =
    ["/sign-in", "/setup", "/choose-password"].includes(url.pathname) || url.pathname.startsWith("/api/");
  return isOurs && !isAuthPage ? `${url.pathname}${url.search}` : "/";
}
