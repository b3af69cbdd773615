-- 湖州 二(三): 2,500 a year for three years to a graduate of a senior class of a local 技师学院 who works in 湖州,
-- while still there.  A contract without an end says nothing of the months to come: 0 to 2,500.
WITH graduate AS (
  SELECT h.id, h.worker, h.started_on, h.ended_on
  FROM hire AS h JOIN organisation AS o ON o.id = h.employer
  WHERE h.started_on >= DATE '2023-10-16'
    AND (o.place BETWEEN '330500' AND '330599' OR starts_with(o.place, 'local-3305'))
    AND EXISTS (
      SELECT 1 FROM enrolment AS e JOIN organisation AS s ON s.id = e.school
      WHERE e.student = h.worker
        AND (s.place BETWEEN '330500' AND '330599' OR starts_with(s.place, 'local-3305'))
        AND s.school_rank = '技师学院'
        AND e.class_type IN ('高级工班', '技师班')
        AND e.graduated_on <= h.started_on
    )
),
due AS (
  SELECT *, CAST(started_on + to_years(n) AS DATE) AS day FROM graduate, range(3) AS periods(n)
)
SELECT id AS "row", worker AS payee, day,
  CASE WHEN ended_on = DATE '9999-12-31' AND date_trunc('month', day) > DATE '2026-06-30' THEN 0 ELSE 250000 END AS low,
  250000 AS high
FROM due
WHERE ended_on >= date_trunc('month', day)
QUALIFY row_number() OVER (PARTITION BY worker ORDER BY day, id) <= 3
