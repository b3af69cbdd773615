-- 上虞 二(四): 500 to 800 per person to an agency that placed at least five in a year; once per person, and at
-- most 100,000 per agency and year, in order of date.
WITH placed AS (
  SELECT p.id, p.agency, p.worker, p.started_on, year(p.started_on) AS "year"
  FROM placement AS p
  JOIN organisation AS o ON o.id = p.employer
  JOIN organisation AS a ON a.id = p.agency
  WHERE p.started_on >= DATE '2022-05-16'
    AND (o.place = '330604' OR starts_with(o.place, 'local-330604-'))
    AND o.kind = '企业'
    AND a.kind = '人力资源服务机构'
),
enough AS (SELECT agency, "year" FROM placed GROUP BY ALL HAVING count(DISTINCT worker) >= 5),
once AS (
  SELECT placed.* FROM placed SEMI JOIN enough USING (agency, "year")
  QUALIFY row_number() OVER (PARTITION BY agency, worker, "year" ORDER BY started_on, id) = 1
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY agency, "year" ORDER BY started_on, id) - 1 AS before FROM once
)
SELECT id AS "row", agency AS payee, started_on AS day,
  least(50000, 10000000 - least(10000000, before * 80000)) AS low,
  least(80000, 10000000 - least(10000000, before * 50000)) AS high
FROM numbered
WHERE before * 50000 < 10000000
