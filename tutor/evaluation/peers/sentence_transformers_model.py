"""The weights as sentence-transformers runs them by ONNX Runtime, exported by its own means, once."""

from pathlib import Path


def onnx_model(weights: str, exported: Path) -> str:
    """The folder of the exported model; exporting takes seconds and is not part of anything that is measured."""
    folder = exported / "sentence-transformers"
    if not (folder / "onnx" / "model.onnx").is_file():
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  (where it is there already: never)

        SentenceTransformer(weights, backend="onnx", local_files_only=True).save_pretrained(str(folder))
    return str(folder)
