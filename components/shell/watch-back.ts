/** The part of the browser's Navigation API that is used here. */
type NavigateEvent = Event & { navigationType: string; destination: { key: string } };
type BrowserNavigation = EventTarget & { traverseTo: (key: string) => unknown };

function browserNavigation(): BrowserNavigation | null {
  const found: unknown = Reflect.get(window, "navigation");
  return found instanceof EventTarget && "traverseTo" in found ? (found as BrowserNavigation) : null;
}

/**
 * Be asked before the back or forward button leaves: `isHeld` gets the way to go there later and answers true to stay.
 * A browser without the Navigation API goes at once. Source: HTML, §7.2.6 (navigate event).
 */
export function watchBack(isHeld: (goThere: () => void) => boolean): () => void {
  const navigation = browserNavigation();
  if (navigation === null) return () => undefined;
  const onNavigate = (event: Event) => {
    const { navigationType, destination, cancelable } = event as NavigateEvent;
    if (navigationType !== "traverse" || !cancelable) return;
    if (isHeld(() => navigation.traverseTo(destination.key))) event.preventDefault();
  };
  navigation.addEventListener("navigate", onNavigate);
  return () => navigation.removeEventListener("navigate", onNavigate);
}
