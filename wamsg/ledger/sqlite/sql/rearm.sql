-- Due again by a person's choice: rejected (3), unknown (4) and deferred (5), as the bits of ?4 say.
UPDATE send SET state = 5, not_before = ?3
WHERE id >= ?1 AND id < ?2 AND state IN (3, 4, 5) AND (1 << state) & ?4
