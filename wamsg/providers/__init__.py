"""One folder per provider; each is found through the entry-point group ``wamsg.providers`` and through nothing else."""
