"""Workbooks and CSV files for each table: template, preview, and storing whole or not at all."""
