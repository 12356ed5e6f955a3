"""The only reader of the environment. Every setting is CHARTSIEVE_<NAME>; read at the doors and passed in."""

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import BadSettings, StoreError

_SQLITE = re.compile(r"(sqlite(?:\+\w+)?:///)(?!:|file:)([^?]+)(.*)")


def _default_data_dir() -> Path:
    return Path.home() / ".local" / "share" / "chartsieve"


class Settings(BaseSettings):
    """One frozen object; `read_settings()` makes it."""

    model_config = SettingsConfigDict(env_prefix="CHARTSIEVE_", frozen=True, extra="ignore", env_ignore_empty=True)

    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="Folder for the database and the documents. Created with access for its owner alone.",
    )
    database_url: str = Field(
        default="", description="SQLAlchemy address of the database; empty: SQLite in the data folder."
    )
    scorer: str = Field(default="embedded", description="Scorer for new cases and for the command line.")
    zerank_url: str = Field(default="", description="Address of a server that serves zerank-2.")
    zerank_path: str = Field(
        default="/rerank", description="Path of the rerank call; /models/rerank for the hosted contract."
    )
    zerank_key: SecretStr = Field(default=SecretStr(""), description="Key for the server, if it wants one.")
    zerank_model: str = Field(default="zerank-2", description="Name of the model, as the server knows it.")
    zerank_revision: str = Field(default="", description="Revision of the weights, to tell scores of two apart.")
    zerank_latency: Literal["auto", "fast", "slow"] = Field(
        default="auto", description="Latency mode; hosted contract only."
    )
    zerank_window_seconds: float = Field(default=15.0, gt=0, description="How often the limits are refreshed.")
    zerank_window_bytes: int | None = Field(
        default=None, ge=0, description="Metered bytes in one window; 0: no limit; empty: as published."
    )
    zerank_window_requests: int | None = Field(
        default=None, ge=0, description="Requests in one window; 0: no limit; empty: as published."
    )
    zerank_concurrency: int | None = Field(
        default=None, ge=1, le=256, description="Requests in flight at once; empty: 32 hosted, 12 self-hosted."
    )
    zerank_timeout: float = Field(default=120.0, gt=0, description="Longest wait for one answer, in seconds.")
    zerank_price: float | None = Field(
        default=None, ge=0, description="Dollars for a million tokens; empty: 0.025 hosted, 0 self-hosted."
    )
    llm_price: float | None = Field(
        default=None, ge=0, description="Dollars for a million tokens of the LLM that reads the context; empty: none."
    )
    cross_encoder: str = Field(
        default="", description="Folder or hub name of a reranker to run on this machine; needs the extra `local`."
    )
    cross_encoder_revision: str = Field(default="", description="Revision of those weights on the hub.")
    cross_encoder_scale: float = Field(
        default=5.0, gt=0, description="The score is sigmoid(answer of the model / this); 5 for zerank-2."
    )
    max_upload_mb: int = Field(default=200, ge=1, le=2000, description="Largest document, in megabytes.")
    max_pages: int = Field(default=2000, ge=1, le=10000, description="Most pages in one document.")
    read_memory_mb: int = Field(
        default=1536, ge=512, description="Memory that the process reading a document may use, in megabytes."
    )
    page_seconds: float = Field(
        default=20.0, gt=0, description="Longest silence of the process reading or drawing a page, in seconds."
    )
    document_seconds: float = Field(
        default=600.0, gt=0, description="Longest time for reading one document, in seconds."
    )
    ocr: bool = Field(default=True, description="Whether scanned pages are recognised.")
    ocr_languages: str = Field(
        default="eng",
        pattern=r"^[A-Za-z_]{2,20}(\+[A-Za-z_]{2,20})*$",
        description="Languages of scanned pages, as Tesseract names them, joined by +.",
    )
    ocr_data: Path | None = Field(
        default=None, description="Folder with Tesseract's language files; empty: the one installed with Chartsieve."
    )
    ocr_workers: int = Field(default=2, ge=1, le=64, description="Scanned pages recognised at once.")
    ocr_seconds: float = Field(default=60.0, gt=0, description="Longest time for recognising one page, in seconds.")
    image_cache_mb: int = Field(
        default=512, ge=1, description="Page images kept on disk, in megabytes, so that they are drawn once."
    )
    standard_days: int = Field(
        default=7, ge=1, le=365, description="Calendar days for the answer to a standard request."
    )
    expedited_hours: int = Field(default=72, ge=1, le=2000, description="Hours for the answer to an expedited request.")
    due_soon_hours: int = Field(
        default=24, ge=1, le=2000, description="A case with this many hours left, or fewer, is due soon."
    )
    port: int = Field(default=8501, ge=1, le=65535, description="Port that `chartsieve serve` listens on.")
    address: str = Field(default="127.0.0.1", description="Address that `chartsieve serve` listens on.")

    @field_validator("database_url")
    @classmethod
    def _from_this_folder(cls, address: str) -> str:
        """A relative SQLite path made absolute, so that it means the same file after a change of folder."""
        found = _SQLITE.fullmatch(address)
        return f"{found[1]}{Path.cwd() / found[2]}{found[3]}" if found else address

    @property
    def database(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'chartsieve.db'}"

    @property
    def documents_dir(self) -> Path:
        """Folder of the stored files."""
        return self.data_dir / "documents"

    @property
    def images_dir(self) -> Path:
        """Folder of the page images that were drawn; may be deleted at any time."""
        return self.data_dir / "images"

    @property
    def scores_dir(self) -> Path:
        """Folder of the scores of whole cases as arrays; may be deleted at any time."""
        return self.data_dir / "scores"


def make_data_dir(settings: Settings) -> None:
    """Make the data folder, with access for its owner alone. Raises StoreError.

    A folder that is there already and open to others is closed to them if it is this user's and holds nothing else.
    """
    folder = settings.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        ours = found.st_uid == os.getuid() and all(
            entry.name in (settings.documents_dir.name, settings.images_dir.name, settings.scores_dir.name)
            or entry.name.startswith("chartsieve.db")
            for entry in folder.iterdir()
        )
        if ours and found.st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise StoreError(
            f"The data folder {folder} cannot be used ({error.strerror}). Nothing was changed. "
            "Set CHARTSIEVE_DATA_DIR to a folder that you may write to, and start again."
        ) from error


def read_settings() -> Settings:
    """Settings from the environment. Raises BadSettings naming the variable."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"CHARTSIEVE_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors()
        )
        raise BadSettings(f"A setting cannot be used. {problems}. Correct it and start again.") from None
