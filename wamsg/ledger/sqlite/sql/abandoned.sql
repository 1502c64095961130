-- Sending (1) under a lease that is over: nobody knows any more whether it went out.
UPDATE send SET state = 4, done_at = ?3, error = ?4 WHERE id >= ?1 AND id < ?2 AND state = 1
