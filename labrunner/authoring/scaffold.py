"""A small lesson to begin with, `labrunner new PATH`: it lints clean, and shows what a lesson is made of."""

import re
from pathlib import Path

from labrunner.errors import LabrunnerError, UsageError
from labrunner.lesson.files import PAGE
from labrunner.lesson.pages import slug


def create(path: Path) -> Path:
    """Write a lesson into a new folder, or as a new `.md` file; the file's path.

    Raises `UsageError` where something is there already, and `LabrunnerError` where it cannot be written.
    """
    page = path if path.suffix == ".md" else path / PAGE
    name = page.parent.name if page.name == PAGE else page.stem
    lesson = slug(re.sub(r"^\d+-", "", name))[:60].strip("-") or "my-lesson"
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        with page.open("x", encoding="utf-8") as file:
            file.write(text(lesson))
    except FileExistsError as error:
        raise UsageError(f"{error.filename or page} is there already.", "Choose another path.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LabrunnerError(f"{page} cannot be written: {reason}.", "Choose another path.") from error
    return page


def text(lesson: str) -> str:
    """The page of a lesson with that id."""
    return _PAGE.replace("LESSON", lesson).replace("TITLE", lesson.replace("-", " ").capitalize())


_PAGE = """\
---
format: 1
id: LESSON
title: TITLE
summary: Pull a small image, run it, and look at what is left.
minutes: 5
images: [hello-world]
values:
  name: {ask: "A name for your container", default: hello}
---
# TITLE

Say here what the learner will be able to do afterwards. Lines such as `## Pull an image` begin a step.

## Pull an image
<!-- id: pull -->

Pull the image `hello-world`. It is a few kilobytes small.

```yaml check image
name: hello-world
```
```md hint
Images are handled by `docker image`; `docker image --help` lists what it can do.
```
```sh solution
docker image pull hello-world
```
```sh accept
docker pull hello-world:latest
```

## Run it
<!-- id: run -->

Make a container named `{{name}}` from the image `hello-world`, and read what it prints.

```yaml check container
name: "{{name}}"
of: hello-world
state: exited
because: The container has to run once, to its end.
```
```md hint
`docker container run` makes a container and starts it. Which option gives it a name?
```
```md hint
The option is `--name`; it stands before the name of the image.
```
```sh solution
docker container run --name {{name}} hello-world
```
```yaml reject
run: docker container create --name {{name}} hello-world
says: created
```
```sh cleanup
docker container rm --force {{name}}
```

## What is left?
<!-- id: left -->

Look at `docker container ls --all`.

- [ ] Nothing: a container is gone when its program ends
  Look again, with `--all`: it has ended, and it is still there.
- [x] The container, which has exited
  Yes. It stays, with its files and its logs, until somebody removes it.
"""
