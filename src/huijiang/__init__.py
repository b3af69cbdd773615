"""惠匠 Huijiang: what stands on the engine."""
