CREATE TABLE "report_gaps" (
    "node_id" TEXT NOT NULL,
    "epoch" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "report_gaps_pkey" PRIMARY KEY ("node_id", "epoch", "to_at"),
    CONSTRAINT "report_gaps_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "nodes"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "report_gaps_to_at_idx" ON "report_gaps"("to_at");
