"""The REST API: routes, wire conversion, problem+json and the gate in front of everything."""
