"""The file of a backup: what comes back is what was put in, anything else is refused."""

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.backup.archive import CORPUS, DATABASE, MANIFEST, Manifest, described, pack, unpack
from assistant.errors import AssistantError

Entry = tuple[tarfile.TarInfo, bytes]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Return a good file with a database of zeros and two texts."""
    folder = tmp_path / "contents"
    (folder / CORPUS / "règles").mkdir(parents=True)
    (folder / DATABASE).write_bytes(bytes(100_000))
    (folder / CORPUS / "charte.md").write_text("# Charte", encoding="utf-8")
    (folder / CORPUS / "règles" / "été.md").write_text("# Été", encoding="utf-8")
    manifest = Manifest(
        repere="0.1.0",
        schema_revision="0001",
        made_at=datetime(2026, 11, 25, tzinfo=UTC),
        generation=None,
        members=described(folder),
    )
    pack(folder, manifest, tmp_path / "whole.tar.gz")
    return tmp_path / "whole.tar.gz"


def entries(file: Path) -> list[Entry]:
    with tarfile.open(file) as archive:
        return [(member, (archive.extractfile(member) or io.BytesIO()).read()) for member in archive]


def rewritten(file: Path, change: Callable[[list[Entry]], None]) -> Path:
    """Return another file whose entries were changed."""
    members = entries(file)
    change(members)
    other = file.with_name("changed.tar.gz")
    with tarfile.open(other, "w:gz") as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data))
    return other


def entry(name: str, data: bytes = b"x", kind: bytes = tarfile.REGTYPE, target: str = "") -> Entry:
    member = tarfile.TarInfo(name)
    member.size, member.type, member.linkname = len(data), kind, target
    return member, data


def with_manifest(members: list[Entry], change: Callable[[dict[str, Any]], None]) -> None:
    record = json.loads(members[0][1])
    change(record)
    members[0] = entry(MANIFEST, json.dumps(record).encode())


def refused(file: Path, tmp_path: Path) -> str:
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    before = {path for path in tmp_path.rglob("*") if folder not in path.parents}
    with pytest.raises(AssistantError) as caught:
        unpack(file, folder)
    assert {path for path in tmp_path.rglob("*") if folder not in path.parents} == before
    assert "rien n’a été changé" in caught.value.expected
    return caught.value.found


def test_what_comes_back_is_what_was_put_in(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    manifest = unpack(whole, folder)
    assert described(folder) == manifest.members
    assert manifest.texts().keys() == {"charte.md", "règles/été.md"}
    assert (folder / CORPUS / "règles" / "été.md").read_text(encoding="utf-8") == "# Été"


def test_only_its_owner_can_read_it_and_it_names_nobody(whole: Path) -> None:
    assert whole.stat().st_mode & 0o777 == 0o600
    assert {(member.uid, member.gid, member.uname) for member, _ in entries(whole)} == {(0, 0, "")}


def test_common_tools_can_read_it(whole: Path, tmp_path: Path) -> None:
    with tarfile.open(whole) as archive:
        archive.extractall(tmp_path / "out", filter="data")
    assert (tmp_path / "out" / MANIFEST).is_file()


@pytest.mark.parametrize("kept", [0, 1, 10, 200, 0.5, 0.9, -1, -4, -9])
def test_a_truncated_file(kept: float, whole: Path, tmp_path: Path) -> None:
    data = whole.read_bytes()
    length = int(len(data) * kept) if isinstance(kept, float) else kept
    (tmp_path / "cut.tar.gz").write_bytes(data[:length])
    refused(tmp_path / "cut.tar.gz", tmp_path)


def test_a_file_with_something_after_it(whole: Path, tmp_path: Path) -> None:
    for more in (b"x", gzip.compress(b"x"), gzip.compress(bytes(3_000_000))):
        file = tmp_path / "longer.tar.gz"
        file.write_bytes(whole.read_bytes() + more)
        refused(file, tmp_path)
        shutil.rmtree(tmp_path / "out")


def test_every_changed_byte_is_noticed_or_harmless(whole: Path, tmp_path: Path) -> None:
    data = whole.read_bytes()
    plain = unpack(whole, _new(tmp_path / "plain"))
    for place in range(0, len(data), 7):
        file = tmp_path / "flipped.tar.gz"
        file.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        folder = _new(tmp_path / f"out{place}")
        try:
            manifest = unpack(file, folder)
        except AssistantError:
            continue
        assert described(folder) == manifest.members == plain.members


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_changed_contents(whole: Path, tmp_path: Path) -> None:
    def change(members: list[Entry]) -> None:
        members[2] = entry(members[2][0].name, members[2][1][::-1])

    assert "n’est pas celui d’origine" in refused(rewritten(whole, change), tmp_path)


def test_a_missing_member(whole: Path, tmp_path: Path) -> None:
    assert "il y manque 1" in refused(rewritten(whole, lambda members: members.pop().__class__), tmp_path)


def test_a_member_twice(whole: Path, tmp_path: Path) -> None:
    file = rewritten(whole, lambda members: members.append(members[-1]))
    assert "pas attendu" in refused(file, tmp_path)


@pytest.mark.parametrize(
    "stranger",
    [
        entry("corpus/more.md"),
        entry("../outside.md"),
        entry("/tmp/outside.md"),  # noqa: S108
        entry("corpus/../../outside.md"),
        entry("corpus/link", b"", tarfile.SYMTYPE, "/etc/passwd"),
        entry("corpus/link", b"", tarfile.LNKTYPE, "../../outside"),
        entry("corpus/pipe", b"", tarfile.FIFOTYPE),
        entry("corpus/device", b"", tarfile.CHRTYPE),
        entry("corpus/folder", b"", tarfile.DIRTYPE),
    ],
    ids=lambda one: f"{one[0].name} {one[0].type.decode()}",
)
def test_a_member_that_the_manifest_does_not_name(stranger: Entry, whole: Path, tmp_path: Path) -> None:
    file = rewritten(whole, lambda members: members.append(stranger))
    assert "pas attendu" in refused(file, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../outside.md",
        "/tmp/outside.md",  # noqa: S108
        "corpus/../outside.md",
        "corpus",
        "corpus//a.md",
        "corpus/a\0b",
        "x",
    ],
)
def test_a_name_that_the_manifest_may_not_give(name: str, whole: Path, tmp_path: Path) -> None:
    def change(members: list[Entry]) -> None:
        members.append(entry(name))
        with_manifest(members, lambda record: record["members"].update({name: {"size": 1, "sha256": "x"}}))

    assert "nomme mal" in refused(rewritten(whole, change), tmp_path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_link_or_a_device_under_the_name_of_a_file(kind: bytes, whole: Path, tmp_path: Path) -> None:
    def change(members: list[Entry]) -> None:
        members[2] = entry(members[2][0].name, b"", kind, "/etc/passwd")

    assert "pas attendu" in refused(rewritten(whole, change), tmp_path)


def test_a_file_under_another_file(whole: Path, tmp_path: Path) -> None:
    def change(members: list[Entry]) -> None:
        members.append(entry("corpus/charte.md/x", b""))
        empty = {"size": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
        with_manifest(members, lambda record: record["members"].update({"corpus/charte.md/x": empty}))

    assert "impossible" in refused(rewritten(whole, change), tmp_path)


def test_no_manifest_first(whole: Path, tmp_path: Path) -> None:
    file = rewritten(whole, lambda members: members.insert(0, members.pop()))
    assert "manifeste" in refused(file, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.update(format=2),
        lambda record: record.pop("schema_revision"),
        lambda record: record["members"][DATABASE].update(size=-1),
        lambda record: record.update(members=[]),
    ],
)
def test_a_manifest_of_another_format(
    change: Callable[[dict[str, Any]], None], whole: Path, tmp_path: Path
) -> None:
    file = rewritten(whole, lambda members: with_manifest(members, change))
    assert "pas lisible par cette version" in refused(file, tmp_path)


def test_a_manifest_without_database(whole: Path, tmp_path: Path) -> None:
    def change(members: list[Entry]) -> None:
        with_manifest(members, lambda record: record["members"].pop(DATABASE))

    assert "nomme mal" in refused(rewritten(whole, change), tmp_path)


def test_more_than_the_disk_can_take(whole: Path, tmp_path: Path) -> None:
    def change(members: list[Entry]) -> None:
        with_manifest(members, lambda record: record["members"][DATABASE].update(size=10**18))

    assert "Mo, " in refused(rewritten(whole, change), tmp_path)


def test_a_small_file_does_not_fill_the_memory(tmp_path: Path) -> None:
    """A header whose extension claims, and has, a gigabyte of zeros."""
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 1_000_000_000
    file = tmp_path / "bomb.tar.gz"
    with gzip.open(file, "wb", compresslevel=1) as stream:
        stream.write(header.tobuf())
        for _ in range(40):
            stream.write(bytes(1_000_000))
    assert "démesuré" in refused(file, tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"# Un texte", gzip.compress(b"# Un texte"), bytes(4096)]
)
def test_a_file_that_is_no_backup(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "other.tar.gz").write_bytes(data)
    refused(tmp_path / "other.tar.gz", tmp_path)


def test_a_backup_is_never_written_over_another(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        pack(tmp_path / "contents", unpack(whole, _new(tmp_path / "out")), whole)
