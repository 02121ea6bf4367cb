"""Installing, checking and keeping: what stands behind `init`, `check`, `backup` and `prompts`."""
