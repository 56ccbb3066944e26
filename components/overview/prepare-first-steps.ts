import type { FirstSteps } from "@/lib/contracts/first-steps";
import type { Role } from "@/lib/contracts/portal";

export type FirstStep = { id: string; title: string; detail: string; href: string; isDone: boolean };

type Known = Omit<FirstStep, "isDone"> & { key: keyof FirstSteps };

const proxy: Known = {
  id: "proxy",
  key: "hasProxy",
  title: "Connect a proxy",
  detail: "npm start runs one beside the portal; twinpath proxy runs one elsewhere.",
  href: "/nodes",
};
const subscriber: Known = {
  id: "subscriber",
  key: "hasSubscriber",
  title: "Add a subscriber",
  detail: "One by one, or as a CSV file that is checked before it counts.",
  href: "/subscribers",
};
const device: Known = {
  id: "device",
  key: "hasDevice",
  title: "Enrol a device",
  detail: "Open a subscriber, make a one-time code, and start the agent with it.",
  href: "/subscribers",
};
const session: Known = {
  id: "session",
  key: "hasSession",
  title: "Send a download",
  detail: "White-listed services go through the proxy over LTE and WiFi.",
  href: "/sessions",
};
const publication: Known = {
  id: "publication",
  key: "hasPublication",
  title: "Publish a policy",
  detail: "Change a class or a white-list; every node has it within a second.",
  href: "/policy/classes",
};
const lookUp: Known = {
  id: "look-up",
  key: "hasLookUp",
  title: "Look somebody up",
  detail: "Any way to write the number; the answer says what to do next.",
  href: "/support",
};
const testbed: Known = {
  id: "testbed",
  key: "hasTestbed",
  title: "Start the testbed",
  detail: "npm run demo brings the deployment figure up on this machine.",
  href: "/map",
};
const run: Known = {
  id: "run",
  key: "hasRun",
  title: "Run the demo",
  detail: "LTE only, WiFi only, and both: the same object, side by side.",
  href: "/demo",
};

/** What each group does first, in this order; who only looks has nothing to do. */
const stepsOf: Record<Role, readonly Known[]> = {
  admin: [proxy, subscriber, device, session, publication, run],
  operator: [proxy, subscriber, device, session, publication, run],
  support: [subscriber, device, lookUp],
  demo: [proxy, testbed, run],
  viewer: [],
};

/** The steps of a role and which are done; empty once all are, or where there are none. */
export function prepareFirstSteps(role: Role, steps: FirstSteps): FirstStep[] {
  const shown = stepsOf[role].map(({ key, ...step }) => ({ ...step, isDone: steps[key] }));
  return shown.every(({ isDone }) => isDone) ? [] : shown;
}

/** Set to this once somebody has put the steps away, for a year, in this browser. */
export const firstStepsCookie = { name: "twinpath-first-steps", value: "away" } as const;

/** The text to set as `document.cookie`. */
export function putAwayCookie(): string {
  return `${firstStepsCookie.name}=${firstStepsCookie.value}; path=/; max-age=31536000; samesite=lax`;
}
