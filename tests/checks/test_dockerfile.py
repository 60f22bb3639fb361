"""The check kind `dockerfile`."""

import pytest

from labrunner.checks.amount import Amount
from labrunner.checks.dockerfile import DockerfileCheck
from labrunner.checks.evidence import ReadFile
from labrunner.checks.finding import Finding
from labrunner.checks.instructions import InstructionPattern
from labrunner.checks.verdict import Met, Unmet, Verdict
from labrunner.dockerfile import Dockerfile, read
from tests.checks.seeing import seeing

GOOD = """\
FROM node:24-alpine
WORKDIR /usr/src/app
COPY package.json ./
RUN npm install && npm cache clean --force
COPY . .
EXPOSE 3000
USER node
CMD ["node", "server.js"]
"""


def judged(check: DockerfileCheck, text: str) -> Verdict:
    return check.judge(seeing(answers={ReadFile("Dockerfile"): text.encode()}))


def only_finding(check: DockerfileCheck, text: str) -> Finding:
    verdict = judged(check, text)
    assert isinstance(verdict, Unmet)
    (finding,) = verdict.findings
    return finding


def test_a_dockerfile_that_meets_every_requirement() -> None:
    check = DockerfileCheck(
        from_="node:*-alpine",
        has=("WORKDIR /usr/src/app/", "RUN npm", "RUN npm cache clean", "EXPOSE 3000/tcp", "USER node"),
        lacks=("RUN npm start", "RUN cd", "FROM *:latest"),
        order=("COPY package.json before RUN npm", "COPY ."),
        form={"CMD": "exec"},
        stages=Amount.read("1"),
    )

    assert isinstance(judged(check, GOOD), Met)


def test_the_line_of_the_base_image_is_told() -> None:
    finding = only_finding(DockerfileCheck(from_="node:*-alpine"), "# mine\nFROM node\n")

    assert finding == Finding(
        field="from", expected="node:*-alpine", found="node", subject="Dockerfile line 2"
    )


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("node", "FROM docker.io/library/node:latest"),
        ("node:24-alpine", f"FROM node:24-alpine@sha256:{'a' * 64}"),
        ("nginx:1.31", "ARG V=1.31\nFROM nginx:${V}"),
        ("nginx:1.31", "ARG IMAGE=nginx:1.31\nFROM $IMAGE AS web"),
        ("nginx:1.31", "FROM node AS build\nFROM --platform=linux/amd64 nginx:1.31"),
        ("node", "FROM node AS base\nFROM Base AS next\nFROM next"),
        ("nginx:*", "FROM nginx:1.31-alpine"),
    ],
)
def test_the_base_of_the_last_stage_is_what_counts(wanted: str, text: str) -> None:
    assert isinstance(judged(DockerfileCheck(from_=wanted), text), Met)


@pytest.mark.parametrize(
    ("pattern", "instruction"),
    [
        ("COPY package.json", "COPY package.json ./"),
        ("COPY package.json", "COPY package*.json ./"),
        ("COPY package.json", "COPY --chown=node:node ./package.json package-lock.json /app/"),
        ("COPY package.json", 'COPY ["package.json", "./"]'),
        ("COPY package*.json", "COPY package.json ."),
        ("COPY package.json ./", "COPY package.json ."),
        ("COPY . .", "COPY . ./"),
        ("COPY .", "COPY ./ /usr/src/app"),
        ("COPY --from=build /app /srv", "COPY --from=build --chown=x /app /srv/"),
        ("COPY --from=*", "COPY --from=build /app /srv"),
        ("COPY", "COPY x y"),
        ("RUN npm", "RUN cd x && npm ci"),
        ("RUN npm ci", 'RUN ["npm", "ci"]'),
        ("RUN npm cache clean", "RUN npm ci && \\\n    npm cache clean --force"),
        ("RUN apk add * tini", "RUN apk add --no-cache curl tini"),
        ("RUN --mount=type=cache npm", "RUN --mount=type=cache,target=/root/.npm npm ci"),
        ("RUN /npm (ci|install)/", "RUN set -e; npm install"),
        ("RUN npm ci", "RUN <<EOF\nnpm ci\nEOF"),
        ("RUN echo hi", "RUN echo 'hi'"),
        ("EXPOSE 80", "EXPOSE 443 80/tcp"),
        ("ENV PORT", "ENV PORT=3000"),
        ("ENV PORT=3000", "ENV A=1 PORT=3000"),
        ("ENV PORT=3000", "ENV PORT 3000"),
        ("ENV PORT=*", 'ENV PORT="3000"'),
        ("LABEL org.opencontainers.image.title", 'LABEL org.opencontainers.image.title="x y"'),
        ("USER node", "USER node:node"),
        ("WORKDIR /app", "workdir /app/"),
        ('CMD ["node", "server.js"]', 'CMD ["node","server.js"]'),
        ("CMD node server.js", "CMD node server.js"),
        ("CMD node server.js", 'CMD ["node", "server.js"]'),
        ("HEALTHCHECK --interval=2s", "HEALTHCHECK --interval=2s --retries=3 CMD wget -q localhost"),
        ("HEALTHCHECK CMD wget", 'HEALTHCHECK CMD ["wget", "-q"]'),
        ("FROM *:latest", "FROM nginx"),
        ("FROM nginx", "FROM docker.io/library/nginx:latest AS x"),
        ("FROM node AS build", "FROM node as Build"),
        ("ARG VERSION", "ARG VERSION=1"),
    ],
)
def test_a_pattern_that_fits_an_instruction(pattern: str, instruction: str) -> None:
    assert InstructionPattern.read(pattern).fits(last(instruction).instructions[-1])


@pytest.mark.parametrize(
    ("pattern", "instruction"),
    [
        ("COPY package.json", "COPY . ."),
        ("COPY .", "COPY package.json ."),
        ("COPY . .", "COPY package.json ."),
        ("COPY package.json", "ADD package.json ."),
        ("COPY --from=build", "COPY --from=other /a /b"),
        ("RUN npm", "RUN npmx"),
        ("RUN cd", "RUN echo abcd"),
        ("RUN --mount=type=cache", "RUN --mount=type=secret npm ci"),
        ("EXPOSE 80", "EXPOSE 8080"),
        ("EXPOSE 53/udp", "EXPOSE 53"),
        ("ENV PORT=3000", "ENV PORT=80"),
        ("ENV POR", "ENV PORT=80"),
        ("WORKDIR /app", "WORKDIR /app/src"),
        ("USER node", "USER root"),
        ('CMD ["node", "server.js"]', "CMD node server.js"),
        ("FROM *:latest", "FROM nginx:1.31"),
        ("FROM nginx:1.31@sha256:1", "FROM nginx:1.31"),
    ],
)
def test_a_pattern_that_does_not_fit_an_instruction(pattern: str, instruction: str) -> None:
    assert not InstructionPattern.read(pattern).fits(last(instruction).instructions[-1])


def last(instruction: str) -> Dockerfile:
    """A Dockerfile that ends with the instruction."""
    parsed = read(instruction if instruction.startswith("FROM") else f"FROM scratch\n{instruction}\n")
    assert isinstance(parsed, Dockerfile)
    return parsed


@pytest.mark.parametrize(
    ("pattern", "found", "subject"),
    [
        ("EXPOSE 80", "EXPOSE 3000", "Dockerfile line 6"),
        ("RUN npm ci", "RUN npm install && npm cache clean --force", "Dockerfile line 4"),
        ("COPY package-lock.json", "COPY package.json ./", "Dockerfile line 3"),
        ("HEALTHCHECK CMD", None, "Dockerfile"),
    ],
)
def test_a_missing_instruction_is_told_with_the_one_most_like_it(
    pattern: str, found: str | None, subject: str
) -> None:
    assert only_finding(DockerfileCheck(has=(pattern,)), GOOD) == Finding(
        field="has", expected=pattern, found=found, subject=subject
    )


def test_an_instruction_that_should_not_be_there_is_told_with_its_line() -> None:
    finding = only_finding(DockerfileCheck(lacks=("RUN cd",)), "FROM nginx\n\nRUN cd /usr && \\\n  ls\n")

    assert finding == Finding(
        field="lacks", expected="RUN cd", found="RUN cd /usr && ls", subject="Dockerfile line 3"
    )


def test_copying_all_before_installing_is_told() -> None:
    text = "FROM node\nCOPY . .\nCOPY package.json ./\nRUN npm ci\n"

    finding = only_finding(DockerfileCheck(order=("COPY package.json", "RUN npm", "COPY .")), text)

    assert finding == Finding(
        field="order",
        expected="RUN npm before COPY .",
        found="COPY . . on line 2, RUN npm ci on line 4",
        subject="Dockerfile line 2",
    )


def test_an_instruction_whose_place_is_asked_must_be_there() -> None:
    finding = only_finding(
        DockerfileCheck(order=("COPY package.json before RUN npm",)), "FROM node\nRUN npm ci"
    )

    assert (finding.expected, finding.found) == ("COPY package.json", None)


@pytest.mark.parametrize(
    ("cmd", "remedy"),
    [
        ("CMD node server.js", 'CMD ["node", "server.js"]'),
        ("CMD ['node', 'server.js']", 'CMD ["node", "server.js"]'),
        ("CMD node server.js && x", ""),
    ],
)
def test_shell_form_is_told_with_the_exec_form_of_the_same(cmd: str, remedy: str) -> None:
    finding = only_finding(DockerfileCheck(form={"CMD": "exec"}), f"FROM node\n{cmd}\n")

    assert finding == Finding(
        field="form.CMD", expected="exec", found="shell", subject="Dockerfile line 2", remedy=remedy
    )


def test_only_the_last_cmd_counts_and_a_missing_one_is_told() -> None:
    check = DockerfileCheck(form={"CMD": "exec"})

    assert isinstance(judged(check, 'FROM x\nCMD a\nCMD ["b"]\n'), Met)
    assert only_finding(check, "FROM x\n").found is None


def test_stages_are_counted() -> None:
    check = DockerfileCheck(stages=Amount.read(">= 2"))

    assert isinstance(judged(check, "FROM a AS b\nFROM c\n"), Met)
    assert only_finding(check, "FROM a\n").found == "1"


def test_a_dockerfile_that_docker_cannot_read_is_told_with_the_line() -> None:
    assert only_finding(DockerfileCheck(), "FROM nginx\nRUNN x\n") == Finding(
        field="syntax",
        expected="",
        found="unknown instruction: RUNN",
        subject="Dockerfile line 2",
        remedy="Did you mean RUN?",
    )
    assert only_finding(DockerfileCheck(), "").found == "the Dockerfile cannot be empty"


def test_a_missing_dockerfile_is_looked_for_under_the_names_that_slip_in() -> None:
    check = DockerfileCheck()
    missing = seeing(answers={ReadFile("Dockerfile"): None, ReadFile("Dockerfile.txt"): b"FROM x\n"})

    verdict = check.judge(missing)

    assert ReadFile("Dockerfile.txt") in check.probes(missing)
    assert isinstance(verdict, Unmet)
    assert verdict.near is not None
    assert verdict.near.finding.remedy == "mv Dockerfile.txt Dockerfile"


def test_patterns_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean COPY"):
        DockerfileCheck(has=("COPPY x",))
    with pytest.raises(ValueError, match="needs at least two"):
        DockerfileCheck(order=("COPY x",))
    with pytest.raises(ValueError, match="such as `CMD: exec`, not `CMD: json`"):
        DockerfileCheck(form={"CMD": "json"})
    with pytest.raises(ValueError, match="open repeats|repeats a group"):
        DockerfileCheck(lacks=("RUN /(a+)+b/",))
