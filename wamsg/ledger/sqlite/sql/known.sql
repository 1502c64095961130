-- What is on record of a delivery, in the order of wamsg.ledger.settling.Known.
SELECT state, attempt, message_id, error, not_before, coalesce(status, 0), status_at FROM send WHERE id = ?
