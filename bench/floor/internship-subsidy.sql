-- 上虞 二(二)3: a firm that takes a student for more than a month gets 60 or 80 % of the local minimum wage per
-- whole month, at most twelve.
WITH due AS (
  SELECT s.id, s.host, s.schooling, CAST(s.started_on + to_months(n) AS DATE) AS day
  FROM stay AS s JOIN organisation AS o ON o.id = s.host, range(12) AS periods(n)
  WHERE s.started_on >= DATE '2022-05-16'
    AND (o.place = '330604' OR starts_with(o.place, 'local-330604-'))
    AND o.kind = '企业'
    AND s.role = '学生'
    AND s.kind = '见习实习'
    AND s.ended_on >= CAST(s.started_on + INTERVAL 1 MONTH AS DATE)
    AND CAST(s.started_on + to_months(n + 1) AS DATE) - 1 <= s.ended_on
),
priced AS (
  SELECT *,
    CASE WHEN day >= DATE '2026-01-01' THEN 243000 WHEN day >= DATE '2024-01-01' THEN 226000 ELSE 207000 END AS wage,
    CASE WHEN schooling IN ('专科', '高职', '高级工班') THEN 60 WHEN schooling IN ('本科', '技师班') THEN 80 END AS share
  FROM due
)
SELECT id AS "row", host AS payee, day, (2 * wage * share + 100) // 200 AS low, low AS high
FROM priced
WHERE share IS NOT NULL
