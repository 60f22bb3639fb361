"""A proof as a JUnit report, the form in which CI systems read test results."""

import re
from xml.etree import ElementTree

from labrunner.authoring.proof import Claim, LessonProof, Proof

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(proof: Proof) -> str:
    """One test suite for each lesson, one test case for each claim.

    A case's `classname` is LESSON.STEP, its `name` the claim, `file` and `line` where the author wrote it.
    """
    cases = [claim for lesson in proof.lessons for claim in lesson.every_claim]
    whole = ElementTree.Element(
        "testsuites",
        name=f"labrunner prove on {proof.engine} {proof.version} ({proof.store})",
        tests=str(len(cases)),
        failures=str(proof.count("failed")),
        skipped=str(proof.count("skipped")),
        time=f"{sum(lesson.seconds for lesson in proof.lessons):.3f}",
    )
    for lesson in proof.lessons:
        _suite(whole, lesson)
    ElementTree.indent(whole)
    text = ElementTree.tostring(whole, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(whole: ElementTree.Element, lesson: LessonProof) -> None:
    claims = tuple(lesson.every_claim)
    name = lesson.id or lesson.path
    suite = ElementTree.SubElement(
        whole,
        "testsuite",
        name=_clean(name),
        tests=str(len(claims)),
        failures=str(sum(claim.outcome == "failed" for claim in claims)),
        errors="0",
        skipped=str(sum(claim.outcome == "skipped" for claim in claims)),
        time=f"{lesson.seconds:.3f}",
    )
    for claim in lesson.claims:
        _case(suite, claim, name)
    for step in lesson.steps:
        for claim in step.claims:
            _case(suite, claim, f"{name}.{step.id}")


def _case(suite: ElementTree.Element, claim: Claim, within: str) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_clean(within),
        name=claim.name,
        file=_clean(claim.at.path),
        line=str(claim.at.line),
        time=f"{claim.seconds:.3f}",
    )
    if claim.outcome == "failed":
        failure = ElementTree.SubElement(case, "failure", message=_clean(claim.sentence), type=claim.kind)
        failure.text = _clean("\n".join(claim.shown))
    elif claim.outcome == "skipped":
        ElementTree.SubElement(case, "skipped", message=_clean(claim.found))


def _clean(text: str) -> str:
    """XML has no way to write most control characters."""
    return _NOT_XML.sub("�", text)
