-- What a look-up found out about an unknown (4) delivery.
UPDATE send SET state = ?1, done_at = ?2, message_id = ?3, error = ?4, not_before = ?5
WHERE id = ?6 AND state = 4
