import { describe, expect, it } from "vitest";
import { prepareFirstSteps } from "@/components/overview/prepare-first-steps";
import { currentPage, pagesFor } from "@/components/shell/pages";
import type { FirstSteps } from "@/lib/contracts/first-steps";
import { type Role, roleSchema } from "@/lib/contracts/portal";
import { english } from "../../factories/words";

const nothing: FirstSteps = {
  hasProxy: false,
  hasSubscriber: false,
  hasDevice: false,
  hasSession: false,
  hasPublication: false,
  hasLookUp: false,
  hasTestbed: false,
  hasRun: false,
};
const everything = Object.fromEntries(Object.keys(nothing).map((key) => [key, true])) as FirstSteps;
const titles = (role: Role, steps = nothing) => prepareFirstSteps(english, role, steps).map(({ title }) => title);

describe("the first steps", () => {
  it("are those of one's work", () => {
    expect(titles("support")).toEqual(["Add a subscriber", "Enrol a device", "Look somebody up"]);
    expect(titles("demo")).toEqual(["Connect a proxy", "Start the testbed", "Run the demo"]);
    expect(titles("operator")).toEqual(titles("admin"));
    expect(titles("viewer")).toEqual([]);
  });

  it.each(roleSchema.options)("lead a %s to pages that the role has", (role) => {
    const pages = pagesFor(role).flatMap((group) => group.pages);
    for (const { href } of prepareFirstSteps(english, role, nothing)) expect(pages, href).toContain(currentPage(href));
  });

  it("stay until the last one is done, and are gone then", () => {
    const almost = prepareFirstSteps(english, "demo", { ...everything, hasRun: false });
    expect(almost.filter(({ isDone }) => !isDone).map(({ id }) => id)).toEqual(["run"]);
    expect(prepareFirstSteps(english, "admin", everything)).toEqual([]);
  });
});
