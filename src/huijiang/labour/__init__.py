"""The labour market as the bureau sees it.  So far: what firms say of their own people, gaps and plans (用工摸排)."""
