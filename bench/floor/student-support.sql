-- 湖州 二(三): 3,000 per school year to a student of a senior class of a local 技师学院, once per person and year.
SELECT y.id AS "row", y.student AS payee, y.ended_on AS day, 300000 AS low, 300000 AS high
FROM school_year AS y
JOIN enrolment AS e ON e.id = y.enrolment
JOIN organisation AS s ON s.id = e.school
WHERE y.ended_on >= DATE '2023-10-16'
  AND (s.place BETWEEN '330500' AND '330599' OR starts_with(s.place, 'local-3305'))
  AND s.school_rank = '技师学院'
  AND e.class_type IN ('高级工班', '技师班')
QUALIFY row_number() OVER (PARTITION BY y.student, year(y.ended_on) ORDER BY y.ended_on, y.id) = 1
