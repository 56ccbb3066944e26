-- What was done around a moment.
CREATE INDEX IF NOT EXISTS "audit_entries_at_idx" ON "audit_entries"("at");
