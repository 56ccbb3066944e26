import type { DemoShare } from "@/lib/contracts/demo-shares";

type Row = { id: string; createdBy: string; createdAt: Date; expiresAt: Date; revokedAt: Date | null };

/** A stored link as the contract has it; its token is known to nobody here. */
export function asDemoShare({ id, createdBy, createdAt, expiresAt, revokedAt }: Row): DemoShare {
  return {
    id,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
