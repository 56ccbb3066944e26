-- Why a webhook's last delivery failed, by code: each reader is told in a language of their own.

ALTER TABLE "alert_webhooks" ADD COLUMN "failure_told" JSONB;
