-- The outcome of the try that was claimed under this epoch: sending (1) ends in any of them, unknown (4) in any other.
-- A status that came before it proves that the message is out, whatever the answer was; `failed` (30) alone proves
-- nothing against a refusal or a deferral. What a callback had accepted (2) already may still lack its message id.
UPDATE send SET
    state = CASE WHEN status IS NULL OR (status = 30 AND ?1 NOT IN (2, 4)) THEN ?1 ELSE 2 END,
    done_at = ?2,
    message_id = coalesce(?3, message_id),
    error = CASE WHEN status IS NULL OR (status = 30 AND ?1 NOT IN (2, 4)) THEN ?4 WHEN status IN (30, 31) THEN error END,
    not_before = CASE WHEN status IS NULL OR (status = 30 AND ?1 NOT IN (2, 4)) THEN ?5 END
WHERE id = ?6 AND epoch = ?7
  AND (state = 1 OR (state = 4 AND ?1 <> 4) OR (state = 2 AND ?1 = 2 AND message_id IS NULL))
