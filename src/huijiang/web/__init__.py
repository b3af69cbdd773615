"""Components, layout and languages of every page."""
