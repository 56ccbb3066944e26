ALTER TABLE "demo_runs" ADD COLUMN "device" JSONB;
