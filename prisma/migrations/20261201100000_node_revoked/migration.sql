-- A node whose credential staff have made void.
ALTER TYPE "node_order_kind" ADD VALUE 'revoke';
ALTER TABLE "nodes" ADD COLUMN "revoked_at" TIMESTAMPTZ(3);
