"""The database's machine is lost, its standby takes over: what was acknowledged is there, and questions go on."""

from pathlib import Path

import pytest
from ingest_samples import COURSE, DWARFS, GIANTS, NEBULA, new_workplace
from postgres_pair import postgres_pair
from sqlalchemy.exc import OperationalError

from index.errors import IndexUnreachable
from tutor.state.errors import StateError

AWAY = (OperationalError, IndexUnreachable, StateError)


def test_a_standby_that_is_promoted_has_all_that_was_acknowledged_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_pair() as pair:
        monkeypatch.setenv("TUTOR_DATABASE_URL", pair.address)
        monkeypatch.setenv("TUTOR_STORE", "pgvector")
        place = new_workplace(tmp_path)
        place.add(("clouds.md", NEBULA))
        before = place.parts.library.tutor(COURSE).ask("What is a nebula?")
        acknowledged = place.bring(("giants.md", GIANTS))  # not read yet, and promised all the same

        pair.kill_primary()
        with pytest.raises(AWAY):
            place.bring(("dwarfs.md", DWARFS))
        with pytest.raises(AWAY):
            place.texts("nebula")
        pair.promote_standby()

        after = place.parts.library.tutor(COURSE).ask("What is a nebula?")
        assert (after.statements, after.generation) == (before.statements, before.generation)
        giants = place.sources()["giants.md"]
        assert place.parts.blobs.read(giants.sha256) == GIANTS.encode()
        assert place.run(acknowledged.job).state == "done"
        assert place.add(("dwarfs.md", DWARFS)).state == "done"
        assert any("red giant" in text for text in place.texts("giant"))
        assert any("white dwarf" in text for text in place.texts("white dwarf"))
        place.parts.close()
