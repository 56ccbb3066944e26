import { describe, expect, it } from "vitest";
import type { Command } from "@/components/shell/commands";
import { matchCommands, mayMeanSomebody } from "@/components/shell/prepare-commands";

const command = (group: string, name: string): Command => ({ id: name, group, name, run: () => undefined });
const commands = [command("Go to", "Nodes"), command("Go to", "White-list Radio 4000"), command("View", "Dark theme")];
const namesOf = (text: string) => matchCommands(commands, text).map(({ name }) => name);

describe("what is typed into the palette", () => {
  it("names the commands that have every word of it, in any order", () => {
    expect(namesOf("")).toEqual(["Nodes", "White-list Radio 4000", "Dark theme"]);
    expect(namesOf("theme view")).toEqual(["Dark theme"]);
    expect(namesOf("nodes view")).toEqual([]);
  });

  it.each([
    ["+82 10-1234-5678", true],
    ["4000", true],
    ["demo-ue", true],
    ["nodes", false],
    ["  ", false],
  ])("%j may mean somebody: %s", (text, isSo) => {
    expect(mayMeanSomebody(text, matchCommands(commands, text))).toBe(isSo);
  });
});
