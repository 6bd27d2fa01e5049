"""Whether a folder lies on an encrypted volume, as far as the kernel says."""

import os
from pathlib import Path


def is_encrypted(folder: Path) -> bool:
    """Whether the kernel says that the volume, or one that it lies on, is dm-crypt's."""
    device = folder.stat().st_dev
    return _crypt(Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}"))


def _crypt(block: Path) -> bool:
    uuid = block / "dm" / "uuid"
    if uuid.is_file() and uuid.read_text().startswith("CRYPT-"):
        return True
    slaves = block / "slaves"
    return slaves.is_dir() and any(_crypt(slave) for slave in slaves.iterdir())
