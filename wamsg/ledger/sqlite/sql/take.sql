-- The first chunk that is ready and that nobody has leased, or no longer.
UPDATE chunk SET epoch = epoch + 1, owner = ?3, leased_until = ?4
WHERE broadcast = ?1 AND low = (
    SELECT low FROM chunk
    WHERE broadcast = ?1 AND done = 0 AND ready_at <= ?2 AND (owner IS NULL OR leased_until <= ?2)
    ORDER BY low LIMIT 1
)
RETURNING number, low, high, epoch
