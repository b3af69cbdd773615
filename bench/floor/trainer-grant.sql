-- 萧山 二(一)2: a training body is paid per person it trained up to 高级工, 技师, 高级技师;
-- once per person, occupation and level.
SELECT c.id AS "row", c.trainer AS payee, c.issued_on AS day, amount AS low, amount AS high
FROM (
  SELECT *, CASE level WHEN '高级工' THEN 80000 WHEN '技师' THEN 100000 WHEN '高级技师' THEN 150000 END AS amount
  FROM certificate
) AS c
JOIN organisation AS o ON o.id = c.trainer
WHERE c.issued_on BETWEEN DATE '2025-03-01' AND DATE '2028-02-29'
  AND (o.place = '330109' OR starts_with(o.place, 'local-330109-'))
  AND o.kind = '培训机构'
  AND c.trained_directly
  AND c.amount IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY c.holder, c.occupation, c.level ORDER BY c.issued_on, c.id) = 1
