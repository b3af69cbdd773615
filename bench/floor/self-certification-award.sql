-- 萧山 二(三)7: a firm that certified fifty in a year gets 30,000, and 500 for each one more, at most 50,000 a year.
SELECT c.issuer || ' ' || year(c.issued_on) AS "row", c.issuer AS payee, min(c.issued_on) AS day,
  least(5000000, 3000000 + (count(*) - 50) * 50000) AS low, low AS high
FROM certificate AS c
JOIN organisation AS o ON o.id = c.issuer
WHERE c.issued_on BETWEEN DATE '2025-03-01' AND DATE '2028-02-29'
  AND (o.place = '330109' OR starts_with(o.place, 'local-330109-'))
  AND o.kind = '企业'
  AND o.assessment_filed
  AND c.kind = '职业技能等级证书'
GROUP BY c.issuer, year(c.issued_on)
HAVING count(*) >= 50
