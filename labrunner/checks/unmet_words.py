"""What to say of each field of each kind of check where it is not as expected: found first, then expected."""

from collections.abc import Mapping

from labrunner.checks.event_words import not_reported, reported_otherwise
from labrunner.checks.telling import (
    Words,
    asked,
    changes,
    contains,
    file_text,
    health,
    instruction_form,
    logged_in,
    named,
    output,
    page,
    printed,
    publishes,
    start_error,
    state,
)

_MISSING = "{expected} is not on this engine, so {thing} cannot be compared with it."

UNMET: Mapping[str, Words] = {
    "image.name": named("There is no image {expected} on this engine."),
    "image.exists": "The image {thing} is still on this engine.",
    "image.same_image_as": (
        "{thing} stands for another image ({found}) than {expected}.",
        "{expected} is not on this engine, so nothing can be the same image.",
    ),
    "image.other_image_than": (
        "{thing} is still the same image as {expected}; another one is expected.",
        _MISSING,
    ),
    "image.tag_order": "In `{found}` the two names are swapped: the source comes first, then the new name.",
    "image.shares_layers_with": (
        "{thing} shares {found} layers with {expected}; it should be built on all of them.",
        _MISSING,
    ),
    "image.shared_layers": "The number of layers that {thing} shares at the bottom is {found}; {expected} is expected.",
    "image.new_layers": "The number of new layers of {thing} is {found}; {expected} is expected.",
    "image.same_layers_as": (
        "{thing} shares {found} layers with {expected}; all should be the same.",
        _MISSING,
    ),
    "image.layers": "The number of layers of {thing} is {found}; {expected} is expected.",
    "image.size": "{thing} is {found} on disk; {expected} is expected.",
    "image.smaller_than": ("{thing} is {found}; it should be smaller than {expected}.", _MISSING),
    "image.larger_than": ("{thing} is {found}; it should be larger than {expected}.", _MISSING),
    "image.digest": (
        "{thing} has the digest {found}; {expected} is expected.",
        "{thing} has no digest of a registry; {expected} is expected.",
    ),
    "image.dangling": ("The image still has a name: {found}.", "The image has no name left."),
    "image.history": "No step in the history of {thing} contains {expected}.",
    "image.contains_file.path": "There is no file {expected} in {thing}.",
    "image.contains_file.exists": "The file {expected} is still in {thing}.",
    "image.contains_file.text": file_text,
    "image.config.cmd": (
        "The CMD of {thing} is {found}; {expected} is expected.",
        "{thing} has no CMD; {expected} is expected.",
    ),
    "image.config.entrypoint": (
        "The ENTRYPOINT of {thing} is {found}; {expected} is expected.",
        "{thing} has no ENTRYPOINT; {expected} is expected.",
    ),
    "image.config.env": (
        "{thing} has the variable {found}; {expected} is expected.",
        "{thing} has no variable {expected}.",
    ),
    "image.config.ports": (
        "{thing} documents {found}; {expected} is expected.",
        "{thing} documents no port; {expected} is expected.",
    ),
    "image.config.workdir": (
        "The working directory of {thing} is {found}; {expected} is expected.",
        "{thing} has no working directory; {expected} is expected.",
    ),
    "image.config.user": (
        "{thing} runs as the user {found}; {expected} is expected.",
        "{thing} names no user, so it runs as root; {expected} is expected.",
    ),
    "image.config.labels": (
        "{thing} has the label {found}; {expected} is expected.",
        "{thing} has no label {expected}.",
    ),
    "image.config.healthcheck": (
        "The health check of {thing} is {found}; {expected} is expected in it.",
        "{thing} has no health check.",
    ),
    "image.config.stopsignal": (
        "{thing} is stopped with {found}; {expected} is expected.",
        "{thing} names no stop signal; {expected} is expected.",
    ),
    "image.config.form": (
        "The command of {thing} was written in {found} form; {expected} form is expected.",
        "{thing} has no command, in {expected} form or otherwise.",
    ),
    "container.name": named("There is no container {expected}, running or stopped."),
    "container.of": (
        "{thing} was made from {found}; {expected} is expected.",
        "There is no container of the image {expected}.",
    ),
    "container.label": (
        "{thing} has the label {found}; {expected} is expected.",
        "There is no container with the label {expected}.",
    ),
    "container.state": state,
    "container.state.error": start_error,
    "container.exit_status": (
        "{thing} ended with exit status {found}; {expected} is expected.",
        "{thing} has not ended, so it has no exit status yet; {expected} is expected.",
    ),
    "container.publishes": publishes,
    "container.health": health,
    "container.env": (
        "{thing} has the variable {found}; {expected} is expected.",
        "{thing} has no variable {expected}.",
    ),
    "container.mounts": (
        "{thing} mounts {found}; {expected} is expected.",
        "{thing} mounts nothing; {expected} is expected.",
    ),
    "container.init": "{thing} was run {found}; it should be run {expected}.",
    "container.changes": changes,
    "container.error": (
        "The engine's reason for not starting {thing} is “{found}”; {expected} is expected in it.",
        "The engine had no trouble starting {thing}; “{expected}” is expected.",
    ),
    "container.logs": printed,
    "container.count": "The number of such containers is {found}; {expected} is expected.",
    "asked.about": asked,
    "command.like": (
        "`{found}` is the right command with other arguments.",
        "The command that this step asks for has not been run yet.",
    ),
    "command.exit_status": "{thing} ended with exit status {found}; {expected} is expected.",
    "command.output": output,
    "file.path": named("There is no file {expected} in the workspace."),
    "file.exists": "The file {thing} is still there.",
    "file.contains": contains,
    "file.equals_file": (
        "{thing} differs from {expected}: {found}.",
        "There is no file {expected} to compare {thing} with.",
    ),
    "dockerfile.path": named("There is no {expected} in the workspace."),
    "dockerfile.syntax": "{subject}: Docker cannot read it: {found}.",
    "dockerfile.from": "{subject}: it is built on {found}; {expected} is expected.",
    "dockerfile.has": (
        "{subject} is `{found}`; `{expected}` is expected.",
        "{subject} has no `{expected}`.",
    ),
    "dockerfile.lacks": "{subject} is `{found}`, which should not be there.",
    "dockerfile.order": (
        "{expected} is expected; it is {found}.",
        "{subject} has no `{expected}`, so its place cannot be told.",
    ),
    "dockerfile.form": instruction_form,
    "dockerfile.stages": "The number of stages of {subject} is {found}; {expected} is expected.",
    "http.url": "Nothing answers at {expected}.",
    "http.status": "{thing} answers with status {found}; {expected} is expected.",
    "http.contains": page,
    "http.header": (
        "{thing} answers with the header {found}; {expected} is expected.",
        "{thing} answers without the header {expected}.",
    ),
    "http.publishes": "{thing} publishes {found}, and nothing publishes port {expected}.",
    "registry.name": "The registry does not have {expected}.",
    "registry.exists": "The registry has {thing}.",
    "registry.tags": (
        "In the registry, {thing} has the tags {found}; {expected} is missing.",
        "The registry has no {thing}, so no tag {expected} either.",
    ),
    "registry.same_digest_as": (
        "In the registry, {thing} is another image than {expected}.",
        "The registry does not have {expected}.",
    ),
    "registry.other_digest_than": (
        "In the registry, {thing} is still the same image as {expected}.",
        "The registry does not have {expected}.",
    ),
    "login.logged_in": logged_in,
    "engine.dangling_images": "The number of dangling images is {found}; {expected} is expected.",
    "engine.stopped_containers": "The number of stopped containers is {found}; {expected} is expected.",
    "engine.images": "The number of images is {found}; {expected} is expected.",
    "answer.answer": "There is no answer yet: type `answer` and what you found.",
    "answer.of.image": "{expected} is not on this engine, so the answer cannot be told.",
    "answer.of.unread": "A number is asked for, and “{found}” has none.",
    "answer.of.unit": "“{found}” needs its unit, such as MB.",
    "answer.of.rows": "{found} is the number of rows in the history; a row that only sets something has no layer.",
    "answer.of.all_rows": "{found} is the number of all rows; some of them hold no files, or hardly any.",
    "answer.of.names": "{found} is the number of names; an image with two names is one image.",
    "answer.of.header": "{found} counts the heading of the list as well.",
    "answer.of.column": "“{found}” stands in that row, but in another column.",
    "answer.of": "“{found}” is not what the engine says.",
    "answer.number": "“{found}” is not the answer.",
    "answer.size": "“{found}” is not the answer.",
    "answer.text": "“{found}” is not the answer.",
    "event.action": not_reported,
    "event.object": reported_otherwise,
}
