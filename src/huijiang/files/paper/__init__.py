"""Paper: faces with Chinese that any reader shows, and the sheets of letters and dossiers."""
