"use client";

import { useMemo } from "react";
import { useCommands } from "./commands";
import { usePreferences } from "./preferences";

/** Theme and zone in the command palette. */
export function ViewCommands() {
  const preferences = usePreferences();
  const commands = useMemo(
    () => [
      { id: "theme-light", group: "View", name: "Light theme", run: () => preferences.set({ theme: "light" }) },
      { id: "theme-dark", group: "View", name: "Dark theme", run: () => preferences.set({ theme: "dark" }) },
      {
        id: "theme-system",
        group: "View",
        name: "Theme of the system",
        run: () => preferences.set({ theme: "system" }),
      },
      { id: "zone-utc", group: "View", name: "Times in UTC", run: () => preferences.set({ zone: "utc" }) },
      { id: "zone-local", group: "View", name: "Times in local zone", run: () => preferences.set({ zone: "local" }) },
    ],
    [preferences],
  );
  useCommands(commands);
  return null;
}
