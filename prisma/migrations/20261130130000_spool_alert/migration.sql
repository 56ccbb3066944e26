-- Told of when a node that is heard keeps more telemetry than this on its disk, in MB.
INSERT INTO "alert_rules" ("kind", "is_on", "threshold", "hold_seconds") VALUES ('spool-growing', true, 10, 120);
