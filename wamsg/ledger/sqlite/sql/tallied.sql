-- Which of the chunks in a JSON list of [broadcast, low] have their tally: one JSON list of the same form.
SELECT json_group_array(json_array(broadcast, low)) FROM chunk
WHERE tallied = 1
  AND (broadcast, low) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1))
