"""Which of Gradio's paths the chat needs. All others (upload, files, proxy, run, call, monitoring, ...) stay shut.

Paths are regular expressions under the mount point; read from what the page asks for, see the browser tests.
"""

PAGE = "/"

FILES = ("/assets/.+", "/static/.+")

THEME = ("/theme\\.css",)

STREAMS = ("/gradio_api/queue/data",)

CALLS = ("/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/component_server/?")
