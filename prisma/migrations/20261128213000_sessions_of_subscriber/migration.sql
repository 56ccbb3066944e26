-- What a support desk looks up: a subscriber's newest sessions.
CREATE INDEX "sessions_subscriber_id_started_at_id_idx" ON "sessions"("subscriber_id", "started_at" DESC, "id" DESC);
