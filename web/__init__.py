"""HTTP: the state of the service for machines, what switches ask, later the managers' workspace."""
