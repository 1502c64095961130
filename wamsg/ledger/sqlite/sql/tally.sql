INSERT INTO tally (broadcast, low, state, status, deliveries)
SELECT ?1, ?2, state, coalesce(status, 0), count(*)
FROM send WHERE id >= (?1 << 32) + ?2 AND id < (?1 << 32) + ?3
GROUP BY 3, 4
