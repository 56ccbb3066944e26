import type { FirstSteps } from "@/lib/contracts/first-steps";
import type { Role } from "@/lib/contracts/portal";
import type { Translate } from "@/lib/words/translate";

export type FirstStep = { id: string; title: string; detail: string; href: string; isDone: boolean };

type Known = Omit<FirstStep, "isDone"> & { key: keyof FirstSteps };

const proxy = (t: Translate): Known => ({
  id: "proxy",
  key: "hasProxy",
  title: t("overview.connectAProxy"),
  detail: t("overview.npmStartRunsOneBesideThe"),
  href: "/nodes",
});
const subscriber = (t: Translate): Known => ({
  id: "subscriber",
  key: "hasSubscriber",
  title: t("overview.addASubscriber"),
  detail: t("overview.oneByOneOrAsA"),
  href: "/subscribers",
});
const device = (t: Translate): Known => ({
  id: "device",
  key: "hasDevice",
  title: t("overview.enrolADevice"),
  detail: t("overview.openASubscriberMakeAOne"),
  href: "/subscribers",
});
const session = (t: Translate): Known => ({
  id: "session",
  key: "hasSession",
  title: t("overview.sendADownload"),
  detail: t("overview.whiteListedServicesGoThroughThe"),
  href: "/sessions",
});
const publication = (t: Translate): Known => ({
  id: "publication",
  key: "hasPublication",
  title: t("overview.publishAPolicy"),
  detail: t("overview.changeAClassOrAWhite"),
  href: "/policy/classes",
});
const lookUp = (t: Translate): Known => ({
  id: "look-up",
  key: "hasLookUp",
  title: t("overview.lookSomebodyUp"),
  detail: t("overview.anyWayToWriteTheNumber"),
  href: "/support",
});
const testbed = (t: Translate): Known => ({
  id: "testbed",
  key: "hasTestbed",
  title: t("overview.startTheTestbed"),
  detail: t("overview.npmRunDemoBringsTheDeployment"),
  href: "/map",
});
const run = (t: Translate): Known => ({
  id: "run",
  key: "hasRun",
  title: t("overview.runTheDemo"),
  detail: t("overview.lteOnlyWifiOnlyAndBoth"),
  href: "/demo",
});

/** What each group does first, in this order; who only looks has nothing to do. */
const stepsOf = (t: Translate): Record<Role, readonly Known[]> => ({
  admin: [proxy(t), subscriber(t), device(t), session(t), publication(t), run(t)],
  operator: [proxy(t), subscriber(t), device(t), session(t), publication(t), run(t)],
  support: [subscriber(t), device(t), lookUp(t)],
  demo: [proxy(t), testbed(t), run(t)],
  viewer: [],
});

/** The steps of a role and which are done; empty once all are, or where there are none. */
export function prepareFirstSteps(t: Translate, role: Role, steps: FirstSteps): FirstStep[] {
  const shown = stepsOf(t)[role].map(({ key, ...step }) => ({ ...step, isDone: steps[key] }));
  return shown.every(({ isDone }) => isDone) ? [] : shown;
}

/** Set to this once somebody has put the steps away, for a year, in this browser. */
export const firstStepsCookie = { name: "twinpath-first-steps", value: "away" } as const;

/** The text to set as `document.cookie`. */
export function putAwayCookie(): string {
  return `${firstStepsCookie.name}=${firstStepsCookie.value}; path=/; max-age=31536000; samesite=lax`;
}
