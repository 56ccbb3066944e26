/**
 * Run `callback` at most once a frame, and never while the tab is hidden: what was asked for then runs when it is shown.
 * Returns the request function and a stop function.
 */
export function createFrameScheduler(callback: () => void): { request: () => void; stop: () => void } {
  let frame: number | null = null;
  let isWanted = false;

  const run = () => {
    frame = null;
    isWanted = false;
    callback();
  };
  const request = () => {
    isWanted = true;
    if (frame === null && !document.hidden) frame = requestAnimationFrame(run);
  };
  const onVisibility = () => {
    if (document.hidden && frame !== null) {
      cancelAnimationFrame(frame);
      frame = null;
    } else if (!document.hidden && isWanted) request();
  };
  document.addEventListener("visibilitychange", onVisibility);
  return {
    request,
    stop: () => {
      document.removeEventListener("visibilitychange", onVisibility);
      if (frame !== null) cancelAnimationFrame(frame);
    },
  };
}
