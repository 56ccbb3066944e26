const holder = globalThis as typeof globalThis & { twinpathSingletons?: Map<string, unknown> };

/**
 * One value per process under this name. The portal's framework bundles each route separately, so that a module's own
 * variable would exist once per route. The name must be used with one type only.
 */
export function processSingleton<T>(name: string, make: () => T): T {
  holder.twinpathSingletons ??= new Map();
  if (!holder.twinpathSingletons.has(name)) holder.twinpathSingletons.set(name, make());
  return holder.twinpathSingletons.get(name) as T;
}
