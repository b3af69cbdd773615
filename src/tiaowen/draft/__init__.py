"""Looking over a draft document before it is issued: as text, as .docx, or already encoded."""
