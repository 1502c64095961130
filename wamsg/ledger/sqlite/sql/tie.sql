-- From now on the ids are those tries', of a JSON list of [digest, send, attempt].
INSERT INTO sent_as (digest, send, attempt)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each(?1) WHERE true
ON CONFLICT (digest) DO NOTHING
