-- A delivery as it is after a status.
UPDATE send SET state = ?2, attempt = ?3, message_id = ?4, error = ?5, not_before = ?6, status = ?7, status_at = ?8
WHERE id = ?1
