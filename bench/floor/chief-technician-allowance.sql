-- 萧山 二(五)11: 1,000 a month for three years to a 区首席技师 or 萧然青年技师; one allowance per person and month.
WITH due AS (
  SELECT id, person, CAST(named_on + to_months(n) AS DATE) AS day
  FROM recognition, range(36) AS periods(n)
  WHERE named_on BETWEEN DATE '2025-03-01' AND DATE '2028-02-29'
    AND honour IN ('区首席技师', '萧然青年技师')
    AND (granted_by = '330109' OR starts_with(granted_by, 'local-330109-'))
)
SELECT id AS "row", person AS payee, day, 100000 AS low, 100000 AS high
FROM due
QUALIFY row_number() OVER (PARTITION BY person, date_trunc('month', day) ORDER BY day, id) = 1
