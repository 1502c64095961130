SELECT recipient.id, recipient.address, recipient."values", coalesce(send.attempt, 0) + 1,
       EXISTS (SELECT 1 FROM suppression WHERE suppression.address = recipient.address)
FROM recipient LEFT JOIN send ON send.id = recipient.id
WHERE recipient.id > ?1 AND recipient.id < ?2
  AND (send.state IS NULL OR (send.state = 5 AND send.not_before <= ?3))
ORDER BY recipient.id LIMIT ?4
