"""The report on one firm: gathered from answers, shown as a page, in the terminal, as a workbook."""
