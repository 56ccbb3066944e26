-- When somebody is to look: one rule a kind, and what it found.
CREATE TABLE "alert_rules" (
    "kind" TEXT NOT NULL,
    "is_on" BOOLEAN NOT NULL,
    "threshold" DOUBLE PRECISION,
    "hold_seconds" INTEGER NOT NULL,
    "muted_until" TIMESTAMPTZ(3),
    "muted_by" TEXT,
    "mute_reason" TEXT,
    CONSTRAINT "alert_rules_pkey" PRIMARY KEY ("kind")
);
INSERT INTO "alert_rules" ("kind", "is_on", "threshold", "hold_seconds") VALUES
    ('fallback-ratio', true, 30, 300),
    ('node-down', true, NULL, 15),
    ('policy-drift', true, NULL, 60),
    ('lte-share', true, 5, 300),
    ('wifi-stalls', true, 20, 300);

CREATE TABLE "alerts" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "subject_name" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "fired_at" TIMESTAMPTZ(3),
    "resolved_at" TIMESTAMPTZ(3),
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alerts_resolved_at_idx" ON "alerts"("resolved_at");
