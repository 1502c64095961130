-- Deliveries as they are after statuses, of a JSON list of [id, state, attempt, message_id, error, status, status_at].
-- Without a row it was pending: a status proves that it went out whose intent is not on record, which was lost in a
-- power cut, or with an older copy of the file. A status_at of null is one that did not change.
INSERT INTO send (id, state, attempt, epoch, message_id, error, status, status_at)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), 0,
    json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'), json_extract(value, '$[6]')
FROM json_each(?1) WHERE true
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, attempt = excluded.attempt, message_id = excluded.message_id, error = excluded.error,
    not_before = CASE WHEN excluded.state = 5 THEN not_before END,
    status = excluded.status, status_at = coalesce(excluded.status_at, status_at)
