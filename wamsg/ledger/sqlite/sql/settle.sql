-- The outcome of the try that was claimed under this epoch: sending (1) ends in any of them, unknown (4) in any other.
UPDATE send SET state = ?1, done_at = ?2, message_id = ?3, error = ?4, not_before = ?5
WHERE id = ?6 AND epoch = ?7 AND (state = 1 OR (state = 4 AND ?1 <> 4))
