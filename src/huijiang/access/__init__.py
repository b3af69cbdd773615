"""Who may see and do what for whom: bindings, agencies, consent, sightings."""
