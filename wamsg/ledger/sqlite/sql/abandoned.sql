-- Sending (1) under a lease that is over: nobody knows any more whether it went out, unless a status has come.
UPDATE send SET state = CASE WHEN status IS NULL THEN 4 ELSE 2 END, done_at = ?3,
    error = CASE WHEN status IS NULL THEN ?4 ELSE error END
WHERE id >= ?1 AND id < ?2 AND state = 1
