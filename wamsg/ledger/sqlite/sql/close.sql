-- Expired or skipped without a request: pending gets a row, deferred (5) moves.
INSERT INTO send (id, state, attempt, epoch, done_at, error)
SELECT id, ?2, 0, 0, ?3, ?4 FROM recipient WHERE id = ?1
ON CONFLICT (id) DO UPDATE
SET state = excluded.state, done_at = excluded.done_at, error = excluded.error, not_before = NULL
WHERE state = 5
