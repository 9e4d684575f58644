"""Pictures of PDF pages: drawn in a child process when somebody looks, and kept for the next who does."""

import os
import shutil
import threading
from pathlib import Path

from corpus.reading_process import render_page_in_child
from index.durable import replace_file
from tutor.state.blobs import BlobStore

PICTURES_FOLDER = "pages"
MAX_BYTES = 256 * 1024 * 1024  # not tuned: about a thousand pages at twice their size on paper
AT_ONCE = 2  # children that draw; each may take 100 MB


class PagePictures:
    """Draws pages and keeps their pictures under the hash of the stored file.

    Args:
        folder: Where to keep them; made with the first.
        blobs: The files.
    """

    def __init__(self, folder: Path, blobs: BlobStore) -> None:
        self._folder = folder
        self._blobs = blobs
        self._drawing = threading.BoundedSemaphore(AT_ONCE)

    def picture(self, kept_in: str, sha256: str, source_name: str, page_index: int, *, scale: float) -> bytes:
        """A page as PNG.

        Args:
            kept_in: SHA-256 of the stored file: the PDF, or the package in which it came.
            sha256: Of the PDF.
            source_name: For messages.
            page_index: From 0.
            scale: Pixels for each point.

        Raises:
            BlobMissing: The file is not kept.
            UnreadableFile: There is no such page, or it cannot be drawn within the limits.
        """
        self._blobs.find(kept_in)  # of a file that is gone nothing is shown, were its pictures still here
        inside = "" if kept_in == sha256 else f"{sha256}-"
        kept = self._folder / kept_in / f"{inside}{page_index}@{scale:g}.png"
        try:
            picture = kept.read_bytes()
            os.utime(kept)  # seen now: the last to be dropped
        except FileNotFoundError:
            with self._drawing, self._blobs.as_file(kept_in) as path:
                picture = render_page_in_child(path, source_name, page_index, sha256=sha256, scale=scale)
            kept.parent.mkdir(parents=True, exist_ok=True)
            replace_file(kept, picture)
            self._drop_oldest()
        return picture

    def forget_deleted(self) -> None:
        """Delete the pictures of files that are not kept any more."""
        names = [folder.name for folder in self._folder.glob("*")]
        for name in self._blobs.missing(names) if names else ():
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def _drop_oldest(self) -> None:
        kept = sorted(self._folder.glob("*/*.png"), key=lambda path: path.stat().st_mtime, reverse=True)
        total = 0
        for path in kept:
            total += path.stat().st_size
            if total > MAX_BYTES:
                path.unlink(missing_ok=True)
