"""``make stores``: both stores side by side on question sets, in a database that this starts for it and deletes."""

import subprocess
import sys

from postgres_server import new_store

if __name__ == "__main__":
    command = [sys.executable, "-m", "tutor.evaluation.compare_stores", new_store(), *sys.argv[1:]]
    sys.exit(subprocess.run(command, check=False).returncode)
