"""Questions become cited answers: understanding, evidence, refusal, composing, the API and the command line."""
