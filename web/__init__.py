"""HTTP: the API, the state of the service for machines, later the managers' workspace."""
