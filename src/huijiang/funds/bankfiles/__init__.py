"""Files to a bank or a budget system, and files back: by templates that are data, and by ISO 20022.

Nothing here knows the database: instructions go in, bytes come out; bytes go in, replies come out.
"""
