-- 萧山 二(四)10: 1,000 for a worker's first certificate at this level in a digital occupation.  The list of
-- occupations is known in part and one condition is set elsewhere, so each may be owed 0 to 1,000.
WITH ranked AS (
  SELECT id, holder, holder_employer, occupation, kind, issued_on,
    list_position(['学徒工', '初级工', '中级工', '高级工', '技师', '高级技师', '特级技师', '首席技师'], level) AS rank
  FROM certificate
)
SELECT c.id AS "row", c.holder AS payee, c.issued_on AS day, 0 AS low, 100000 AS high
FROM ranked AS c
JOIN organisation AS o ON o.id = c.holder_employer
WHERE c.issued_on BETWEEN DATE '2025-03-01' AND DATE '2028-02-29'
  AND (o.place = '330109' OR starts_with(o.place, 'local-330109-'))
  AND o.kind = '企业'
  AND c.rank >= 4
  AND c.kind IN ('职业资格证书', '职业技能等级证书')
  AND NOT EXISTS (
    SELECT 1 FROM ranked AS e
    WHERE e.holder = c.holder AND e.occupation = c.occupation AND e.rank >= c.rank AND e.issued_on < c.issued_on
  )
