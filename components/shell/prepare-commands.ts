import type { Command } from "./commands";

/** Commands whose name or group holds every typed word. */
export function matchCommands(commands: readonly Command[], text: string): readonly Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter((command) => {
    const haystack = `${command.group} ${command.name}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

/** Whether somebody may be meant rather than a command: it begins like a number, or no command is called so. */
export function mayMeanSomebody(text: string, found: readonly Command[]): boolean {
  const typed = text.trim();
  return typed !== "" && (found.length === 0 || /^\+?\d/.test(typed));
}
