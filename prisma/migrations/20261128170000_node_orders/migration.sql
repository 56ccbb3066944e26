CREATE TYPE "node_order_kind" AS ENUM ('drain', 'resume', 'restart', 'settings');

ALTER TABLE "nodes"
    ADD COLUMN "order_revision" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "is_draining" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "restarts" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "settings" JSONB;

CREATE TABLE "node_orders" (
    "node_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "kind" "node_order_kind" NOT NULL,
    "ordered_by" TEXT NOT NULL,
    "ordered_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    CONSTRAINT "node_orders_pkey" PRIMARY KEY ("node_id", "revision"),
    CONSTRAINT "node_orders_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "nodes"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

ALTER TABLE "telemetry_epochs"
    ADD COLUMN "is_retiring" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "heard_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
