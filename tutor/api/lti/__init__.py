"""LTI 1.3 over HTTP: what browsers and platforms reach below ``/lti/``."""
