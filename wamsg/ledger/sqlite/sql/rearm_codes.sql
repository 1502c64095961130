-- As rearm, but only one provider code.
UPDATE send SET state = 5, not_before = ?3
WHERE id >= ?1 AND id < ?2 AND state IN (3, 4, 5) AND (1 << state) & ?4
  AND error IN (SELECT id FROM error WHERE code = ?5)
