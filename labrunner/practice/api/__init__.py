"""The Docker Engine API over HTTP: one server, one table of routes, one module an area."""
