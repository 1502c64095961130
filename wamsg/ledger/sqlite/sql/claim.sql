-- The intent: pending becomes sending by a new row, deferred (5) by the conflict branch; any other state is left alone.
INSERT INTO send (id, state, attempt, epoch, sent_at)
SELECT id, 1, 1, ?2, ?3 FROM recipient WHERE id = ?1
ON CONFLICT (id) DO UPDATE
SET state = 1, attempt = attempt + 1, epoch = excluded.epoch, sent_at = excluded.sent_at,
    done_at = NULL, message_id = NULL, error = NULL, not_before = NULL, status = NULL, status_at = NULL
WHERE state = 5 AND not_before <= excluded.sent_at
