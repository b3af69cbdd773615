"""Uploads: encrypted, addressed by content, inspected before they are kept; dossiers (卷宗) made of them."""
