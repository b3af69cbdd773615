-- 上虞 二(一)1: 500 to each new hire who is insured in 上虞 for the first time and three months in a row, where
-- the firm hired at least ten such people in the year; not to those under policy 4.0; once per person.
WITH candidate AS (
  SELECT h.id, h.worker, h.employer, h.started_on, min(i.started_on) AS insured_from
  FROM hire AS h
  JOIN organisation AS o ON o.id = h.employer
  JOIN insurance AS i
    ON i.worker = h.worker AND i.employer = h.employer AND i.started_on > CAST(h.started_on - INTERVAL 1 MONTH AS DATE)
  WHERE h.started_on >= DATE '2022-05-16'
    AND (o.place = '330604' OR starts_with(o.place, 'local-330604-'))
    AND o.kind = '企业'
    AND NOT EXISTS (
      SELECT 1 FROM membership AS m
      WHERE m.person = h.worker AND m.scheme = '4.0版人才政策' AND h.started_on BETWEEN m.started_on AND m.ended_on
    )
  GROUP BY ALL
),
first_here AS (
  SELECT c.* FROM candidate AS c
  WHERE EXISTS (
      SELECT 1 FROM insurance AS i
      WHERE i.worker = c.worker AND i.employer = c.employer AND i.started_on = c.insured_from
        AND (i.place = '330604' OR starts_with(i.place, 'local-330604-'))
    )
    AND NOT EXISTS (
      SELECT 1 FROM insurance AS i
      WHERE i.worker = c.worker AND i.started_on < c.insured_from
        AND (i.place = '330604' OR starts_with(i.place, 'local-330604-'))
    )
),
spell AS (
  SELECT c.id, c.insured_from, i.started_on AS since,
    CASE WHEN i.ended_on = DATE '9999-12-31' THEN DATE '2026-06-30' ELSE i.ended_on END AS until,
    max(until) OVER (PARTITION BY c.id ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
  FROM first_here AS c JOIN insurance AS i ON i.worker = c.worker AND i.employer = c.employer
),
chained AS (
  SELECT *, count(*) FILTER (since > greatest(insured_from, reach + 1)) OVER (PARTITION BY id ORDER BY since, until) AS gaps
  FROM spell
),
insured AS (
  SELECT id, insured_from, max(until) AS last FROM chained WHERE gaps = 0 GROUP BY ALL
  HAVING last + 1 >= CAST(insured_from + INTERVAL 3 MONTH AS DATE)
),
passed AS (
  SELECT c.*, count(*) OVER (PARTITION BY c.employer, year(c.started_on)) AS hires
  FROM first_here AS c SEMI JOIN insured USING (id)
)
SELECT id AS "row", worker AS payee, started_on AS day, 50000 AS low, 50000 AS high
FROM passed
WHERE hires >= 10
QUALIFY row_number() OVER (PARTITION BY worker ORDER BY started_on, id) = 1
