-- What keeps a chunk from being finished: how many are pending, sending, and when the first deferred one is due.
SELECT count(*) FILTER (WHERE send.state IS NULL), count(*) FILTER (WHERE send.state = 1),
       min(send.not_before) FILTER (WHERE send.state = 5)
FROM recipient LEFT JOIN send ON send.id = recipient.id
WHERE recipient.id >= ?1 AND recipient.id < ?2
