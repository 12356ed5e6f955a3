"""Files handed in, for the tests of what comes after."""

from typing import BinaryIO

from core.uploads import Upload
from core.workspace import Workspace


def taken(workspace: Workspace, stream: BinaryIO, name: str) -> Upload:
    """A file that can be used as it stands."""
    upload = workspace.uploads.take_in(stream, name)
    assert isinstance(upload, Upload)
    return upload
