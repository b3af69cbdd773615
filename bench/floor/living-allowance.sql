-- 余姚 draft: a newly introduced 技师 gets 10,000, a 高级技师 30,000, once; the level is the highest held on the day.
WITH candidate AS (
  SELECT h.id, h.worker, h.started_on FROM hire AS h JOIN organisation AS o ON o.id = h.employer
  WHERE o.place = '330281' AND h.introduced
),
held AS (
  SELECT c.id,
    max(list_position(['学徒工', '初级工', '中级工', '高级工', '技师', '高级技师', '特级技师', '首席技师'], t.level)) AS rank
  FROM candidate AS c JOIN certificate AS t ON t.holder = c.worker AND t.issued_on <= c.started_on
  WHERE t.level <> '∅'
  GROUP BY c.id
),
levelled AS (
  SELECT c.*,
    coalesce(
      p.level_stated,
      ['学徒工', '初级工', '中级工', '高级工', '技师', '高级技师', '特级技师', '首席技师'][held.rank]
    ) AS level
  FROM candidate AS c JOIN person AS p ON p.id = c.worker LEFT JOIN held ON held.id = c.id
)
SELECT id AS "row", worker AS payee, started_on AS day, CASE level WHEN '技师' THEN 1000000 ELSE 3000000 END AS low, low AS high
FROM levelled
WHERE level IN ('技师', '高级技师')
QUALIFY row_number() OVER (PARTITION BY worker ORDER BY started_on, id) = 1
