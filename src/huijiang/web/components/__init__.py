"""The parts that pages are made of: plain data in, accessible HTML out.

A room builds the data (`Condition`, `Benefit`, `Table` …) in its view and draws it with one tag of
`{% load huijiang %}`.  Every part is shown with sample content at /styleguide/.
"""
