"""Text that would run as a script where it is not escaped: ways out of a context, times things to run."""

from itertools import product

# Each sets window.pwned, which a browser test looks for.
_BODIES = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1></svg>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<iframe src='javascript:parent.pwned=1'></iframe>",
    "<details open ontoggle=window.pwned=1>x</details>",
    "<button autofocus onfocus=window.pwned=1>x</button>",
    "<a href='javascript:window.pwned=1' autofocus onfocus='window.pwned=1'>x</a>",
    "<style>@import 'http://elsewhere.example/x.css';</style>",
    "<link rel=stylesheet href=http://elsewhere.example/x.css>",
    "<meta http-equiv=refresh content='0;url=http://elsewhere.example/'>",
    "<form action=http://elsewhere.example/><input autofocus onfocus=window.pwned=1></form>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1>",
    "<object data='javascript:window.pwned=1'></object>",
    "<video><source onerror=window.pwned=1></video>",
    "![x](http://elsewhere.example/x.png)",
    "$\\text{<img src=x onerror=window.pwned=1>}$",
    "$\\href{javascript:window.pwned=1}{x}$",
    "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1} `${window.pwned=1}`",
)
_WAYS_OUT = (
    "",
    '">',
    "'>",
    "</mark>",
    "</script>",
    "</textarea></title>",
    "<!--",
    "]]>",
    "&lt;",
    "\u2028",
    '" onmouseover="window.pwned=1" x="',
)

PAYLOADS = tuple(way_out + body for way_out, body in product(_WAYS_OUT, _BODIES))
