"""Folders remembered and put back."""

from pathlib import Path

from labrunner.authoring.folders import put_back, remember


def test_a_folder_is_put_back_with_all_that_was_in_it(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "run.sh").write_text("echo hi\n")
    (tmp_path / "src" / "run.sh").chmod(0o755)
    (tmp_path / "link").symlink_to("src/run.sh")
    (tmp_path / "empty").mkdir()
    kept = remember(tmp_path)

    (tmp_path / "src" / "run.sh").unlink()
    (tmp_path / "src").rmdir()
    (tmp_path / "src").write_text("a file now")
    (tmp_path / "link").unlink()
    (tmp_path / "empty").rmdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "file").write_text("new")

    assert put_back(tmp_path, kept)
    assert (tmp_path / "src" / "run.sh").read_text() == "echo hi\n"
    assert (tmp_path / "src" / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "link").readlink() == Path("src/run.sh")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "link", "src"]


def test_a_folder_that_did_not_change_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("same")
    kept, before = remember(tmp_path), file.stat()

    assert put_back(tmp_path, kept)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "precious").write_text("mine")
    (inside / "out").symlink_to(outside, target_is_directory=True)

    assert put_back(inside, {})
    assert (outside / "precious").read_text() == "mine"


def test_a_folder_that_is_not_there_any_more_cannot_be_put_back(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "file").write_text("x")
    kept = remember(tmp_path / "gone")
    (tmp_path / "gone" / "file").unlink()
    (tmp_path / "gone").rmdir()

    assert not put_back(tmp_path / "gone", kept)
