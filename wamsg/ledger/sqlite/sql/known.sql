-- What is on record of the deliveries in a JSON list of ids, as one JSON list of [id, then wamsg.ledger.settling.Known].
-- Times lose what is below ten microseconds on this way; heard.sql keeps them as they are in the file.
SELECT json_group_array(
    json_array(id, state, attempt, message_id, error, not_before, coalesce(status, 0), status_at))
FROM send WHERE id IN (SELECT value FROM json_each(?1))
