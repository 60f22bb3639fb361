"""Trees: paths, links, layers over each other, and what a change consists of."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labrunner.practice.images.tree import EMPTY, Bytes, Node, Part, Tree, Zeros, difference, normalise

WHITEOUT = Node(kind="whiteout", mode=0)
FOLDER = Node(kind="folder", mode=0o755)


def file(text: str) -> Node:
    return Node(kind="file", content=Bytes(text.encode()))


def link(target: str) -> Node:
    return Node(kind="link", mode=0o777, link=target)


def hard(target: str) -> Node:
    return Node(kind="hardlink", link=target)


@pytest.mark.parametrize(
    ("path", "cwd", "expected"),
    [
        ("/", "/", ""),
        ("etc//nginx/", "/", "etc/nginx"),
        ("../../etc", "/usr", "etc"),
        ("/../../x", "/", "x"),
        (".", "/usr/src/app", "usr/src/app"),
        ("//x", "/", "x"),
    ],
)
def test_a_path_stays_inside_the_root(path: str, cwd: str, expected: str) -> None:
    assert normalise(path, cwd) == expected


def test_links_are_followed_inside_the_root() -> None:
    tree = Tree(
        {
            "usr/bin/sh": file("#!"),
            "bin": link("usr/bin"),
            "up": link("../../../usr"),
            "abs": link("/usr/bin/sh"),
            "loop": link("loop"),
            "gone": link("nowhere"),
        }
    )

    assert tree.resolve("bin/sh") == "usr/bin/sh"
    assert tree.resolve("up/bin/sh") == "usr/bin/sh"
    assert tree.resolve("/abs") == "usr/bin/sh"
    assert tree.resolve("abs", follow_last=False) == "abs"
    assert tree.resolve("usr/bin") == "usr/bin"
    assert tree.resolve("loop") is None
    assert tree.resolve("gone") is None
    assert tree.resolve("usr/bin/sh/x") is None
    assert tree.resolve("") == ""
    assert tree.read("bin/sh") == b"#!"
    with pytest.raises(FileNotFoundError):
        tree.read("gone")
    with pytest.raises(IsADirectoryError):
        tree.read("bin")


def test_folders_are_walked_before_what_they_hold() -> None:
    tree = Tree({"a-b": file("1"), "a/x": file("2"), "a": FOLDER, "a/b/c": file("3")})

    assert tree.children("") == ("a", "a-b")
    assert tree.children("a") == ("b", "x")
    assert [path for path, _ in tree.under("")] == ["a", "a/b/c", "a/x", "a-b"]
    assert [path for path, _ in tree.under("a")] == ["a/b/c", "a/x"]


def test_the_size_is_what_overlay2_reports() -> None:
    tree = Tree({"a": file("123456789\n"), "b": hard("a"), "l": link("x" * 100), "d": FOLDER, "w": WHITEOUT})

    assert tree.size == 110


def test_contents_are_read_in_pieces(tmp_path: Path) -> None:
    stored = tmp_path / "blob"
    stored.write_bytes(b"head" + b"x" * 10 + b"tail")

    assert Part(stored, 4, 10).read() == b"x" * 10
    assert [len(piece) for piece in Zeros(2_500_000).chunks()] == [1_048_576, 1_048_576, 402_848]
    with pytest.raises(OSError, match="ends 5 bytes before"):
        Part(stored, 14, 9).read()


def test_a_layer_hides_replaces_and_adds() -> None:
    below = Tree(
        {"etc/a": file("a"), "etc/b": file("b"), "opt/x/y": file("y"), "srv": file("s"), "lib": link("etc")}
    )
    layer = Tree(
        {
            "etc/a": WHITEOUT,
            "opt": Node(kind="opaque", mode=0o700),
            "opt/new": file("new"),
            "srv/now/folder": file("f"),
            "lib/z": file("z"),
        }
    )

    seen = below.apply(layer)

    assert sorted(seen.nodes) == [
        "",
        "etc",
        "etc/b",
        "lib",
        "lib/z",
        "opt",
        "opt/new",
        "srv",
        "srv/now",
        "srv/now/folder",
    ]
    assert seen.nodes["opt"] == Node(kind="folder", mode=0o700)
    assert seen.nodes["lib"].kind == "folder"
    assert seen.read("srv/now/folder") == b"f"


def test_a_file_over_a_folder_hides_what_it_held() -> None:
    assert sorted(Tree({"a/b/c": file("c"), "a-": file("")}).apply(Tree({"a": file("now")})).nodes) == [
        "",
        "a",
        "a-",
    ]


def test_a_files_other_names_keep_its_bytes() -> None:
    below = EMPTY.apply(Tree({"one": file("old"), "two": hard("one"), "zwei": hard("one")}))

    changed = below.apply(Tree({"one": file("new")}))
    removed = below.apply(Tree({"one": WHITEOUT}))

    assert (changed.read("one"), changed.read("two"), changed.read("zwei")) == (b"new", b"old", b"old")
    assert (removed.read("two"), removed.nodes["zwei"]) == (b"old", hard("two"))


def test_a_hard_link_to_nothing_is_left_out() -> None:
    assert sorted(
        EMPTY.apply(Tree({"a": hard("b"), "b": hard("a"), "c": hard("c"), "d": hard("no")})).nodes
    ) == [""]


def test_a_change_brings_the_folders_that_hold_it() -> None:
    before = EMPTY.apply(Tree({"etc/nginx/a": file("a"), "etc/nginx/b": file("b"), "var/x/y": file("y")}))
    after = Tree(
        {
            path: node
            for path, node in before.nodes.items()
            if not path.startswith("var/x") and path != "etc/nginx/b"
        }
        | {"etc/nginx/a": file("changed")}
    )

    change = difference(before, after)

    assert dict(change.nodes) == {
        "etc": FOLDER,
        "etc/nginx": FOLDER,
        "etc/nginx/a": file("changed"),
        "etc/nginx/b": WHITEOUT,
        "var": FOLDER,
        "var/x": WHITEOUT,
    }


def test_equal_bytes_from_another_place_are_no_change(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(b"__same__")
    stored = Node(kind="file", content=Part(tmp_path / "blob", 2, 4))

    assert (
        difference(
            Tree({"a": stored, "z": Node(kind="file", content=Zeros(3))}),
            Tree({"a": file("same"), "z": file("\0\0\0")}),
        ).nodes
        == {}
    )


def test_a_new_name_of_an_old_file_brings_the_file() -> None:
    """Engines link only within one layer."""
    before = EMPTY.apply(Tree({"a": file("a")}))

    assert dict(difference(before, before.apply(Tree({"b": hard("a")}))).nodes) == {
        "a": file("a"),
        "b": hard("a"),
    }


_NAMES = st.sampled_from(["a", "b", "a/x", "a/y", "a/x/1", "b/x", "c"])
_NODES = st.one_of(
    st.sampled_from(
        [file("1"), file("2"), link("a"), FOLDER, Node(kind="folder", mode=0o700), Node(kind="fifo")]
    ),
    st.builds(hard, _NAMES),
)


def _possible(nodes: dict[str, Node]) -> Tree:
    """Without what lies below something that is no folder."""
    return Tree(
        {
            path: node
            for path, node in nodes.items()
            if all(
                nodes.get(above, FOLDER).kind in ("folder", "opaque")
                for above in (path.rpartition("/")[0], path.partition("/")[0])
                if above != path
            )
        }
    )


_LAYERS = st.dictionaries(_NAMES, _NODES, max_size=6).map(_possible)
_HIDING = st.sampled_from([WHITEOUT, Node(kind="opaque", mode=0o755)])
_CHANGES = st.dictionaries(_NAMES, st.one_of(_NODES, _HIDING), max_size=6).map(_possible)


@settings(max_examples=200, deadline=None)
@given(_LAYERS, _CHANGES)
def test_a_difference_makes_the_one_of_the_other(layer: Tree, change: Tree) -> None:
    before = EMPTY.apply(layer)
    after = before.apply(change)

    assert before.apply(difference(before, after)) == after
    assert EMPTY.apply(difference(EMPTY, after)) == after
