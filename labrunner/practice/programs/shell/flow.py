"""if, while, for and case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.failures import Failure
from labrunner.practice.programs.shell.leaving import Leap
from labrunner.practice.programs.shell.syntax import Case, For, ForArithmetic, If, Sequence, While, Word

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def computed(shell: Shell, word: Word) -> int:
    try:
        return int(not await shell.expander.number(word))
    except Failure as error:
        await shell.explain(error)
        return 1


async def branch(shell: Shell, command: If, *, tail: bool) -> int:
    for asked, body in command.branches:
        if await holds(shell, asked):
            return await shell.sequence(body, tail=tail)
    if command.otherwise is not None:
        return await shell.sequence(command.otherwise, tail=tail)
    return shell.ok(0)


async def holds(shell: Shell, condition: Sequence) -> bool:
    shell.forgiving += 1
    try:
        return await shell.sequence(condition) == 0
    finally:
        shell.forgiving -= 1


async def turn(shell: Shell, body: Sequence) -> bool:
    """One turn of a loop; False where it was broken off."""
    shell.loops += 1
    try:
        await shell.sequence(body)
    except Leap as leap:
        if leap.levels > 1:
            raise Leap(leap.levels - 1, again=leap.again) from None
        shell.state.status = 0
        return leap.again
    finally:
        shell.loops -= 1
    return True


async def loop(shell: Shell, command: While) -> int:
    status = 0
    while True:
        try:
            if await holds(shell, command.condition) == command.until:
                break
        except Leap as leap:
            if leap.levels > 1:
                raise Leap(leap.levels - 1, again=leap.again) from None
            if leap.again:
                continue
            break
        going = await turn(shell, command.body)
        status = shell.state.status
        if not going:
            break
        await shell.breath.take()
    return shell.ok(status)


async def for_each(shell: Shell, command: For) -> int:
    shell.state.line = command.line
    if command.words is None:
        values = list(shell.state.arguments)
    else:
        values = []
        for word in command.words:
            values.extend(await shell.fields(word))
    status = 0
    for value in values:
        await shell.assign(command.name, value)
        going = await turn(shell, command.body)
        status = shell.state.status
        if not going:
            break
        await shell.breath.take()
    return shell.ok(status)


async def counted(shell: Shell, command: ForArithmetic) -> int:
    await computed(shell, command.start)
    status = 0
    while not command.condition or await computed(shell, command.condition) == 0:
        going = await turn(shell, command.body)
        status = shell.state.status
        if not going:
            break
        await computed(shell, command.step)
        await shell.breath.take()
    return shell.ok(status)


async def choose(shell: Shell, command: Case, *, tail: bool) -> int:
    try:
        text = await shell.expander.text(command.word)
        falling = False
        for patterns, body, ending in command.branches:
            matched = falling
            for pattern in patterns:
                matched = matched or (await shell.expander.pattern(pattern)).matches(text)
            if not matched:
                continue
            shell.state.status = 0
            await shell.sequence(body, tail=tail and ending == ";;")
            falling = ending == ";&"
            if ending == ";;":
                return shell.state.status
        if not falling:
            return shell.ok(0)
    except Failure as error:
        return await shell.fatal(error)
    return shell.state.status
