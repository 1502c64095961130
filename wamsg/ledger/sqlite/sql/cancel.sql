-- All that is open between two ids is skipped: pending gets a row, deferred (5) moves.
INSERT INTO send (id, state, attempt, epoch, done_at)
SELECT id, 7, 0, 0, ?3 FROM recipient WHERE id >= ?1 AND id < ?2
ON CONFLICT (id) DO UPDATE SET state = 7, done_at = excluded.done_at, not_before = NULL
WHERE state = 5
