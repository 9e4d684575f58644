"""The operations of the API that are about answers and their correction, as OpenAPI has them."""

_COURSE = "/api/v1/courses/{course}"

INSTRUCTOR_OPERATIONS = [
    *((method, f"{_COURSE}/answers/{{answer_id}}/feedback") for method in ("POST", "DELETE")),
    *(("POST", f"{_COURSE}/answers/{{answer_id}}/{do}") for do in ("resolve", "replay")),
    ("GET", f"{_COURSE}/answers/{{answer_id}}/receipt"),
    ("GET", f"{_COURSE}/questions"),
    *((method, f"{_COURSE}/verified") for method in ("GET", "POST")),
    *((method, f"{_COURSE}/verified/{{verified_id}}") for method in ("GET", "PUT", "DELETE")),
    *((method, f"{_COURSE}/hidden") for method in ("GET", "POST")),
    ("DELETE", f"{_COURSE}/hidden/{{chunk_id}}"),
    *((method, f"{_COURSE}/aliases") for method in ("GET", "POST")),
    ("DELETE", f"{_COURSE}/aliases/{{alias_id}}"),
    *((method, f"{_COURSE}/notes") for method in ("GET", "POST")),
    *((method, f"{_COURSE}/notes/{{note_id}}") for method in ("PUT", "DELETE")),
    *(("GET", f"{_COURSE}/{insight}") for insight in ("gaps", "coverage", "glossary/usage")),
    *((method, f"{_COURSE}/checks") for method in ("GET", "POST")),
]
