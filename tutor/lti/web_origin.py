"""The origin of a web address, as browsers name it."""

from urllib.parse import urlsplit

_DEFAULT_PORTS = {"https": 443, "http": 80}


def origin_of(address: str) -> str:
    """Scheme, host and port, in lower case and without the port that goes without saying; empty for anything else.

    >>> origin_of("https://LMS.example.edu:443/mod/lti?id=1")
    'https://lms.example.edu'
    >>> origin_of("http://[::1]:8000/")
    'http://[::1]:8000'
    >>> origin_of("javascript:alert(1)")
    ''
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:  # such as brackets that hold no IPv6 address
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return ""
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")
