-- Finished chunks have their tally; only the others are counted.
SELECT state, status, sum(deliveries) FROM (
    SELECT state, status, deliveries FROM tally WHERE broadcast = ?1
    UNION ALL
    SELECT send.state, coalesce(send.status, 0), count(*)
    FROM chunk CROSS JOIN send ON send.id >= (?1 << 32) + chunk.low AND send.id < (?1 << 32) + chunk.high
    WHERE chunk.broadcast = ?1 AND chunk.tallied = 0
    GROUP BY 1, 2
) GROUP BY 1, 2
