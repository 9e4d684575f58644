"""The courses as models of an OpenAI-compatible API, for clients that speak nothing else."""
