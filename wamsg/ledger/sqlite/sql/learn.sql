-- The id of a try, if that is what is on record: an outcome may have been refused.
INSERT INTO sent_as (digest, send, attempt)
SELECT ?1, id, attempt FROM send WHERE id = ?2 AND message_id = ?3
ON CONFLICT (digest) DO NOTHING
