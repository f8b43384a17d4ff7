"""Unpacking archives: what ordinary ones give, and what hostile ones must not do."""

import os
import re
import stat
import struct
import time
import warnings
import zipfile

import pytest

from foodcourt.classroom.archives import is_archive, unpack
from foodcourt.errors import UsageError

OLD = (2026, 1, 31, 12, 0, 0)


def member(name, *, mode=0, date=OLD, extra=b"", method=zipfile.ZIP_DEFLATED):
    """A member as `zipfile` writes it, with a name that it would not choose itself."""
    info = zipfile.ZipInfo("x", date)
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    info.extra = extra
    info.compress_type = method
    return info


@pytest.fixture
def pack(tmp_path):
    """Write an archive of (member or name, content) and give its path."""

    def write(*contents, name="ex1.zip", comment=b""):
        path = tmp_path / name
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            warnings.filterwarnings("ignore", "Duplicate name")
            archive.comment = comment
            for what, content in contents:
                archive.writestr(member(what) if isinstance(what, str) else what, content)
        return path

    return write


def unpacked(archive):
    """Unpack an archive and give the files that came out, as path and content."""
    into = archive.parent / "work" / "alice" / "ex1"
    unpack(archive, into)
    return {str(path.relative_to(into)): path.read_bytes() for path in sorted(into.rglob("*")) if path.is_file()}


def refused(archive):
    """See that an archive is refused, that nothing was written at all, and give the reason."""
    outside = {path for path in archive.parent.rglob("*") if "work" not in path.parts}
    into = archive.parent / "work" / "alice" / "ex1"
    with pytest.raises(UsageError) as caught:
        unpack(archive, into)
    assert not into.exists()
    assert {path for path in archive.parent.rglob("*") if "work" not in path.parts} == outside
    return str(caught.value)


def test_an_ordinary_archive_gives_its_files(pack):
    """Folders come along, empty ones too, whether they are listed or not; `./` says nothing."""
    archive = pack(("users_service.py", b"u"), ("./parts/a.py", b"a"), ("data/", b""), ("parts/", b""))
    assert unpacked(archive) == {"parts/a.py": b"a", "users_service.py": b"u"}
    assert (archive.parent / "work" / "alice" / "ex1" / "data").is_dir()


def test_an_archive_without_files_is_one(pack):
    """That nothing is in it is for others to tell."""
    assert unpacked(pack()) == {}


def test_what_is_never_graded_stays_packed(pack):
    """Neither environments nor what systems leave behind count against the limits."""
    junk = [(f".venv/lib/{number}.py", b"") for number in range(2_100)]
    link = member(".venv/bin/python", mode=stat.S_IFLNK | 0o777)
    archive = pack(
        *junk,
        (link, b"/usr/bin/python"),
        ("__MACOSX/._a.py", b""),
        (".DS_Store", b""),
        ("._a.py", b""),
        ("a.py", b"a"),
    )
    assert unpacked(archive) == {"a.py": b"a"}


def test_files_keep_their_time_and_are_never_programs(pack):
    """The time in UTC counts where the archive holds one; modes are not taken over."""
    utc = struct.pack("<HHBi", 0x5455, 5, 1, 1_000_000_000)
    archive = pack((member("a.py", mode=stat.S_IFREG | 0o6777), b""), (member("b.py", extra=utc), b""))
    unpacked(archive)
    folder = archive.parent / "work" / "alice" / "ex1"
    assert (folder / "a.py").stat().st_mtime == time.mktime((*OLD, 0, 0, -1))
    assert (folder / "b.py").stat().st_mtime == 1_000_000_000
    assert stat.S_IMODE((folder / "a.py").stat().st_mode) & ~0o644 == 0


@pytest.mark.parametrize("name", ["a\nb.py", "-rf", "Grüße 🍜.py", " ", "a'b\".py", "...", "a..b", "~", "c/D:x"])
def test_odd_names_are_names(pack, name):
    """Whatever a file in an archive is called, it comes out under that name."""
    assert unpacked(pack((name, b"odd"))) == {name: b"odd"}


def test_the_separator_of_windows_is_one(pack):
    """Some programs write it, for files and folders, where the format has a slash."""
    assert unpacked(pack(("ex1\\", b""), ("ex1\\a.py", b"a"), ("ex1\\b\\c.py", b"c"))) == {
        "ex1/a.py": b"a",
        "ex1/b/c.py": b"c",
    }


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "a/../../evil.py",
        "/tmp/evil.py",
        "//evil.py",
        "C:evil.py",
        "c:/evil.py",
        "..\\evil.py",
        "a\\..\\..\\evil.py",
        "..",
        "a.py\0/../b",
    ],
)
def test_no_path_leads_out(pack, name):
    """A path out of the folder makes the archive useless as a whole, and the path is told so that it can be read."""
    reason = refused(pack(("users_service.py", b""), (name, b"evil")))
    assert "a path that leads out of it" in reason
    assert repr(name) in reason


@pytest.mark.parametrize(
    ("kind", "says"), [(stat.S_IFLNK, "link"), (stat.S_IFIFO, "special file"), (stat.S_IFCHR, "special file")]
)
def test_links_and_special_files_are_refused(pack, kind, says):
    """A link in an archive may point anywhere: it is refused, and so is what would be written through it."""
    reason = refused(pack((member("out", mode=kind | 0o777), b"/etc"), ("out/passwd", b"evil")))
    assert f"holds the {says} 'out'" in reason


@pytest.mark.parametrize(
    "names", [("a.py", "a.py"), ("a.py", "./a.py"), ("a", "a/b.py"), ("a/b.py", "a"), ("a", "a/"), ("a/", "a")]
)
def test_nothing_is_there_twice(pack, names):
    """Which of two files is meant is not guessed."""
    assert "twice" in refused(pack(*((name, b"1") for name in names)))


def test_too_many_files_are_refused(pack):
    """More than 2,000 files and folders are no submission; no file is written first."""
    assert "more than 2,000 files" in refused(pack(*((f"{number}.py", b"") for number in range(2_001))))


@pytest.mark.timeout(20)
def test_a_long_table_of_contents_is_not_even_read(pack):
    """A list of many files fills the memory before one of them is unpacked."""
    archive = pack(("a.py", b""))
    data = bytearray(archive.read_bytes())
    end = data.rfind(b"PK\5\6")
    start = data.find(b"PK\1\2")
    entries = bytes(data[start:end]) * 150_000
    tail = bytearray(data[end:])
    tail[12:16] = struct.pack("<I", len(entries))
    archive.write_bytes(bytes(data[:start]) + entries + bytes(tail))
    assert "far too many files" in refused(archive)


def test_deep_folders_are_refused(pack):
    """Folders in folders without end are no submission."""
    assert "more than 20 deep" in refused(pack(("d/" * 20 + "a.py", b"")))


def test_a_bomb_is_stopped_while_it_unpacks(pack):
    """Ten MiB of zeros that pack to ten kB are refused, whatever the headers say of their size."""
    archive = pack(("a.py", b"\0" * (10 << 20)))
    assert "more than 100 times its size" in refused(archive)
    data = archive.read_bytes().replace(struct.pack("<I", 10 << 20), struct.pack("<I", 100))
    archive.write_bytes(data)
    refused(archive)


def test_too_many_bytes_are_refused(pack):
    """More than 50 MiB are no submission, however little they pack."""
    noise = os.urandom(1 << 20)
    contents = [(member(f"{number}.bin", method=zipfile.ZIP_STORED), noise) for number in range(51)]
    assert "more than 50 MiB" in refused(pack(*contents))


def test_bytes_that_are_listed_many_times_count_each_time(pack):
    """Files that overlap in the archive are a bomb in which no single file packs too well."""
    archive = pack((member("0", method=zipfile.ZIP_STORED), os.urandom(1 << 20)))
    data = archive.read_bytes()
    start, end = data.find(b"PK\1\2"), data.rfind(b"PK\5\6")
    entries = b"".join(data[start:end].replace(b"0", bytes([48 + number]), 1) for number in range(60))
    tail = bytearray(data[end:])
    tail[12:16] = struct.pack("<I", len(entries))
    archive.write_bytes(data[:start] + entries + bytes(tail))
    refused(archive)


def test_a_small_file_may_pack_well(pack):
    """A file of one letter is not a bomb."""
    assert len(unpacked(pack(("a.txt", b"a" * 1_000_000)))["a.txt"]) == 1_000_000


def test_an_encrypted_archive_is_told(pack):
    """Nobody knows the password."""
    archive = pack(("a.py", b"a"))
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(signature) + offset] |= 1
    archive.write_bytes(data)
    assert "is encrypted" in refused(archive)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_methods_are_refused(pack, method):
    """What asks for memory before it gives a byte is not unpacked."""
    assert "method that is not read" in refused(pack((member("a.py", method=method), b"a")))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"\0" * 100,
        lambda data: data[: len(data) // 2],
        lambda data: data[20:],
        lambda data: data.replace(b"PK\3\4", b"PK\0\0"),
        lambda data: re.sub(rb"(?s)(PK\x03\x04.{26}).{8}", rb"\1nonsense", data),
        lambda data: data[:60] + bytes([data[60] ^ 0xFF]) + data[61:],
    ],
)
def test_damaged_archives_are_told(pack, damage):
    """An archive that was cut short, or is none, is told as such; the rest of the class is not its business."""
    archive = pack(("users_service.py", os.urandom(500)))
    archive.write_bytes(damage(archive.read_bytes()))
    assert "is damaged, or no zip archive" in refused(archive)


def test_no_byte_of_damage_breaks_the_grader(pack):
    """Whichever byte of an archive is wrong, it is unpacked or refused in words, and stays inside its folder."""
    archive = pack(("users_service.py", b"x = 1\n" * 20), ("parts/a.py", b"a"), comment=b"hello")
    whole = archive.read_bytes()
    for place in range(len(whole)):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0x81]) + whole[place + 1 :])
        into = archive.parent / "work" / str(place)
        try:
            unpack(archive, into)
        except UsageError:
            assert not into.exists()
    assert {path.name for path in archive.parent.iterdir()} == {"ex1.zip", "work"}


@pytest.mark.parametrize("name", ["ex1.tar.gz", "ex1.7z", "EX1.RAR"])
def test_other_archives_are_told(tmp_path, name):
    """An archive of another kind is seen for what it is, but not read."""
    (tmp_path / name).touch()
    assert is_archive(name)
    assert "ask for a .zip" in refused_path(tmp_path / name)


def refused_path(path):
    """Give the reason why a file that is no zip archive is refused."""
    with pytest.raises(UsageError) as caught:
        unpack(path, path.parent / "work")
    assert not (path.parent / "work").exists()
    return str(caught.value)


def test_a_link_in_place_of_an_archive_is_not_followed(pack, tmp_path):
    """An archive is a file of the learner's own; a named pipe would be waited for for ever."""
    archive = pack(("a.py", b"a"))
    (tmp_path / "link.zip").symlink_to(archive)
    os.mkfifo(tmp_path / "pipe.zip")
    (tmp_path / "folder.zip").mkdir()
    for name in ("link.zip", "pipe.zip", "folder.zip", "nothing.zip"):
        refused_path(tmp_path / name)
