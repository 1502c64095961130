-- Which tries the ids belong to whose digests are in a JSON list: one JSON list of [digest, send, attempt].
SELECT json_group_array(json_array(digest, send, attempt))
FROM sent_as WHERE digest IN (SELECT value FROM json_each(?1))
