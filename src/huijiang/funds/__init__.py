"""Money: budget lines and their reservations, the double-entry ledger, payment batches, the bank and back (DESIGN §5).

Amounts are whole fen.  A posting is positive on the debit side and negative on the credit side.
"""
