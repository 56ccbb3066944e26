"use client";

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";

/** Something the command palette can do. */
export type Command = { id: string; group: string; name: string; hint?: string; run: () => void };

class CommandRegistry {
  #sets = new Map<symbol, readonly Command[]>();
  #all: readonly Command[] = [];
  #listeners = new Set<() => void>();

  readonly read = (): readonly Command[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  register(commands: readonly Command[]): () => void {
    const key = Symbol("commands");
    this.#sets.set(key, commands);
    this.#publish();
    return () => {
      this.#sets.delete(key);
      this.#publish();
    };
  }

  #publish(): void {
    this.#all = [...this.#sets.values()].flat();
    for (const listener of this.#listeners) listener();
  }
}

const CommandContext = createContext<CommandRegistry | null>(null);

export function CommandProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(() => new CommandRegistry());
  return <CommandContext.Provider value={registry}>{children}</CommandContext.Provider>;
}

function useRegistry(): CommandRegistry {
  const registry = useContext(CommandContext);
  if (registry === null) throw new Error("commands are used outside CommandProvider");
  return registry;
}

/** All commands of the pages and parts on screen. */
export function useAllCommands(): readonly Command[] {
  const registry = useRegistry();
  return useSyncExternalStore(registry.subscribe, registry.read, registry.read);
}

/** Offer commands while this component is on screen; pass a memoised list. */
export function useCommands(commands: readonly Command[]): void {
  const registry = useRegistry();
  useEffect(() => registry.register(commands), [registry, commands]);
}
