"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { Me, Role } from "@/lib/contracts/portal";

const StaffContext = createContext<Me | null>(null);

/** Who is signed in, for every part of the page; null for nobody. */
export function StaffProvider({ me, children }: { me: Me | null; children: ReactNode }) {
  return <StaffContext.Provider value={me}>{children}</StaffContext.Provider>;
}

export function useStaff(): Me {
  const me = useContext(StaffContext);
  if (me === null) throw new Error("useStaff is used outside StaffProvider");
  return me;
}

/** Whether somebody is signed in, where the page is for strangers too. */
export function useIsSignedIn(): boolean {
  return useContext(StaffContext) !== null;
}

/** Whether who is signed in has one of the roles. It only decides what is offered: the server checks on its own. */
export function useMay(roles: readonly Role[]): boolean {
  return roles.includes(useStaff().role);
}
