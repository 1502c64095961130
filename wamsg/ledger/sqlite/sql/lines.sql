-- Every line of the input after ?1, in its order: deliveries and refused lines, merged by their id.
SELECT recipient.id, line, address, "values", NULL AS fate, coalesce(state, 0) AS state, '' AS why, NULL AS first_line,
       '' AS given, attempt, sent_at, done_at, not_before, message_id, kind, code, http_status, detail, status, status_at
FROM recipient LEFT JOIN send ON send.id = recipient.id LEFT JOIN error ON error.id = send.error
WHERE recipient.id > ?1 AND recipient.id < ?2
UNION ALL
SELECT id, line, NULL, NULL, fate, NULL, why, first_line,
       given, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM refused
WHERE id > ?1 AND id < ?2
ORDER BY 1 LIMIT ?3
