"""LTI 1.3 Advantage, the tool's side: launch, deep linking, rosters, scores, registration. Knows no web framework."""
