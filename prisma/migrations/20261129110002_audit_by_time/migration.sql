-- What was done around a moment.
CREATE INDEX "audit_entries_at_idx" ON "audit_entries"("at");
