-- Who did what to whom, newest first.
CREATE INDEX "audit_entries_actor_id_idx" ON "audit_entries"("actor", "id" DESC);
CREATE INDEX "audit_entries_target_id_idx" ON "audit_entries"("target", "id" DESC);
