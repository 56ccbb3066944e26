/** Chromium without a window: the same engine as with one, and half the time for a page. */
export const browserPackage = { command: "chromium-headless-shell", name: "chromium-headless-shell" };
export const browserPath = "/usr/bin/chromium-headless-shell";
