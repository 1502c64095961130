-- Deliveries after ?1 in one of the states that are the bits of ?4.
SELECT recipient.id, line, address, "values", NULL AS fate, coalesce(state, 0) AS state, '' AS why, NULL AS first_line,
       '' AS given, attempt, sent_at, done_at, not_before, message_id, kind, code, http_status, detail, status, status_at
FROM recipient LEFT JOIN send ON send.id = recipient.id LEFT JOIN error ON error.id = send.error
WHERE recipient.id > ?1 AND recipient.id < ?2 AND (1 << coalesce(state, 0)) & ?4
ORDER BY recipient.id LIMIT ?3
