"""What an engine holds, compared, and what brings it back."""

from labrunner.authoring.holdings import (
    Holdings,
    Pull,
    Remove,
    Rename,
    differences,
    holdings,
    touched,
    undoing,
)
from labrunner.checks.evidence import Asked
from labrunner.engine.facts import ContainerSummary, EngineEvent, ImageSummary, Observation
from labrunner.engine.protocol import Thing

NGINX = ImageSummary(id="sha256:aaaa", names=("nginx:latest",))
ALPINE = ImageSummary(id="sha256:bbbb", names=("alpine:3.24",))
WEB = ContainerSummary(id="c0ffee", name="web", image="nginx:latest", image_id="sha256:aaaa", state="running")


def having(*things: ImageSummary | ContainerSummary, volumes: tuple[str, ...] = ()) -> Holdings:
    return holdings(
        Observation(
            images=tuple(thing for thing in things if isinstance(thing, ImageSummary)),
            containers=tuple(thing for thing in things if isinstance(thing, ContainerSummary)),
        ),
        volumes=volumes,
    )


def asked(method: str, path: str) -> tuple[Asked, ...]:
    return (Asked(method=method, path=path),)


def test_the_order_in_which_an_engine_lists_makes_no_difference() -> None:
    assert having(NGINX, ALPINE) == having(ALPINE, NGINX)


def test_nothing_is_undone_where_nothing_happened() -> None:
    assert undoing(having(NGINX, WEB), having(NGINX, WEB)) == ()


def test_what_is_new_is_removed_containers_first() -> None:
    assert undoing(having(), having(NGINX, WEB, volumes=("data",))) == (
        Remove(Thing(kind="container", id="c0ffee", name="web")),
        Remove(Thing(kind="volume", id="data", name="data")),
        Remove(Thing(kind="image", id="sha256:aaaa", name="nginx:latest")),
    )


def test_a_new_name_of_an_old_image_is_removed_and_the_old_name_stays() -> None:
    renamed = ImageSummary(id="sha256:aaaa", names=("mine:1", "nginx:latest"))

    assert undoing(having(NGINX), having(renamed)) == (
        Remove(Thing(kind="image", id="sha256:aaaa", name="mine:1")),
    )


def test_a_name_that_moved_is_given_back() -> None:
    old = ImageSummary(id="sha256:aaaa")
    new = ImageSummary(id="sha256:cccc", names=("nginx:latest",))

    assert undoing(having(NGINX), having(old, new)) == (Rename("sha256:aaaa", "nginx:latest"),)


def test_an_image_without_a_name_is_removed_unless_it_was_there() -> None:
    dangling = ImageSummary(id="sha256:dddd")

    assert undoing(having(), having(dangling)) == (Remove(Thing(kind="image", id="sha256:dddd", name="")),)
    assert undoing(having(dangling), having(dangling)) == ()


def test_an_image_that_is_gone_is_pulled_again() -> None:
    assert undoing(having(NGINX), having()) == (Pull("nginx:latest"),)


def test_a_container_that_is_gone_cannot_be_brought_back() -> None:
    assert undoing(having(NGINX, WEB), having(NGINX)) == ()


def test_images_of_another_moment_are_taken_over_with_some_of_their_names() -> None:
    both = ImageSummary(id="sha256:aaaa", names=("lab-web:latest", "nginx:latest"))
    built = ImageSummary(id="sha256:eeee", names=("lab-site:latest",))

    assert having(ALPINE).with_images(having(both, built), {"nginx:latest"}) == having(ALPINE, NGINX)


def test_a_process_started_in_an_old_container_may_have_changed_it() -> None:
    before = having(NGINX, WEB)

    assert touched(before, [], asked("POST", "/containers/web/exec"), gateway=True)
    assert touched(before, [], asked("PUT", "/containers/c0ff/archive"), gateway=True)
    assert not touched(before, [], asked("GET", "/containers/web/logs"), gateway=True)
    assert not touched(before, [], asked("POST", "/containers/other/start"), gateway=True)
    assert not touched(before, [], asked("POST", "/containers/create"), gateway=True)


def test_an_old_volume_that_is_mounted_may_have_changed() -> None:
    mounted = [EngineEvent(type="volume", action="mount", id="data")]

    assert touched(having(volumes=("data",)), mounted, (), gateway=True)
    assert not touched(having(), mounted, (), gateway=True)


def test_without_a_gateway_any_event_of_an_old_container_counts() -> None:
    started = [EngineEvent(type="container", action="exec_start: sh", id="c0ffee")]

    assert touched(having(WEB), started, (), gateway=False)
    assert not touched(having(), started, (), gateway=False)


def test_differences_are_told_in_words() -> None:
    stopped = ContainerSummary(
        id="c0ffee", name="web", image="nginx:latest", image_id="sha256:aaaa", state="exited"
    )
    moved = ImageSummary(id="sha256:cccc", names=("alpine:3.24",))

    assert differences(having(NGINX, ALPINE, WEB), having(moved, stopped, volumes=("data",))) == (
        "volume data appeared",
        "image nginx:latest is gone",
        "container web is exited and was running",
        "the name alpine:3.24 stands for another image",
    )
