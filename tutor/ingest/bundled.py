"""The first start of an installation: bundled course folders become courses, once."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus.course_folder import course_files
from corpus.errors import CorpusError
from index.protocols import Progress
from tutor.errors import TutorError
from tutor.ingest.folder_sync import sync_folder
from tutor.ingest.intake import Intake
from tutor.state.imports import note_import, was_imported

logger = logging.getLogger(__name__)

ACTOR = "system"


def import_bundled(intake: Intake, folders: Sequence[Path], *, progress: Progress) -> Mapping[str, str]:
    """Import the folders that were never imported, and wait until they answer.

    Returns:
        Why a course could not be imported, by its id or its folder's name.
    """
    troubles: dict[str, str] = {}
    for folder in folders:
        name = folder.name
        try:
            name = course_files(folder).course_id
            with intake.database.reading() as connection:
                if was_imported(connection, name):
                    continue
            sync = sync_folder(intake, folder, actor=ACTOR)
            with intake.database.writing() as connection:
                note_import(connection, name)
            *_, ended = intake.indexer.wait_for(sync.jobs, progress=progress)
        except (CorpusError, TutorError, OSError) as error:
            logger.error("cannot import %s: %s", folder.name, error)
            troubles[name] = error.strerror or "" if isinstance(error, OSError) else str(error)
        else:
            if ended.error:
                troubles[name] = ended.error
    return troubles
