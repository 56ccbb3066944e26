-- Whom alerts are sent to; its address may hold a secret and is not shown again.
CREATE TABLE "alert_webhooks" (
    "id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "changed_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "failure" TEXT,
    "failed_at" TIMESTAMPTZ(3),
    CONSTRAINT "alert_webhooks_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "alerts" ADD COLUMN "told_state" TEXT;
