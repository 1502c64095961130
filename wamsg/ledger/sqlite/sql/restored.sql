-- A status proves that a delivery went out whose intent is not on record: lost in a power cut, or with an older copy.
INSERT INTO send (id, state, attempt, epoch, message_id, error, not_before, status, status_at)
VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8)
