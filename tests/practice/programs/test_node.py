"""JavaScript as node runs it: the library's part that the lessons use, and its failures."""

import asyncio
import http.client
from collections.abc import Mapping

import pytest

from labrunner.practice.images.tree import Node
from labrunner.practice.programs.node import script
from tests.practice.programs.box import Answer, Box, Run, answer, box, standin

pytest.importorskip("quickjs")

NODE: Mapping[str, str | bytes | Node] = {"usr/local/bin/node": standin("node", "24.18.0")}
SERVER = """
const http = require('http');
const fs = require('node:fs');
const path = require('path');
const port = process.env.PORT || 3000;
const server = http.createServer((request, response) => {
  console.log(request.method, request.url);
  if (request.url === '/boom') throw new Error('kaput');
  if (request.url === '/file') return fs.createReadStream(path.join(__dirname, 'a.txt')).pipe(response);
  if (request.url === '/late') { response.write('one '); return setTimeout(() => response.end('two'), 5); }
  if (request.url === '/echo') {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => { response.setHeader('X-Length', body.length); response.end(body.toUpperCase()); });
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/html' });
  response.end('<h1>hé</h1>');
});
server.listen(port, () => console.log(`listening on ${port}`));
process.on('SIGTERM', () => server.close(() => { console.log('closed'); process.exit(0); }));
"""


async def evaluated(code: str, *words: str, stdin: bytes = b"") -> tuple[int, str, str]:
    async with box({**NODE, "app/a.txt": "text"}) as here:
        return await here.run("node", "-e", code, *words, cwd="/app", stdin=stdin)


async def ran(files: dict[str, str], *words: str, cwd: str = "/app") -> tuple[int, str, str]:
    async with box({**NODE, **files}) as here:
        return await here.run("node", *words, cwd=cwd)


async def get(port: int, path: str, *, method: str = "GET", body: bytes | None = None) -> Answer:
    return await asyncio.to_thread(lambda: answer(port, path, method=method, body=body))


async def listening(here: Box) -> tuple[Run, int]:
    run = here.start("node", "server.js", cwd="/app")
    await run.out.until("listening on 3000")
    return run, await here.published(3000)


async def test_the_version_is_the_one_that_the_image_says() -> None:
    async with box(NODE) as here:
        assert await here.run("node", "--version") == (0, "v24.18.0\n", "")
        assert await here.run("node", "-p", "6 * 7") == (0, "42\n", "")
        assert await here.run("node", "--nope") == (9, "", "node: bad option: --nope\n")


async def test_console_shows_values_as_node_does() -> None:
    told = await evaluated(
        "console.log('%s is %d', 'x', 4, { a: 'b', deep: { er: { still: { more: 1 } } } }, [1, 'two', null]);"
        "console.log(new Map([[1, { a: 2 }]]), Buffer.from('hi'), () => 1, class A {}, -0, 10n);"
        "console.error('wrong')"
    )

    assert told == (
        0,
        "x is 4 { a: 'b', deep: { er: { still: [Object] } } } [ 1, 'two', null ]\n"
        "Map(1) { 1 => { a: 2 } } <Buffer 68 69> [Function (anonymous)] [class A] -0 10n\n",
        "wrong\n",
    )


async def test_a_server_answers_over_a_real_socket() -> None:
    async with box({**NODE, "app/server.js": SERVER, "app/a.txt": "A" * 100_000}) as here:
        run, port = await listening(here)
        page = await get(port, "/")
        file = await get(port, "/file")
        late = await get(port, "/late")
        echo = await get(port, "/echo", method="POST", body="grün".encode())
        head = await get(port, "/", method="HEAD")
        run.task.signal("TERM")
        status = await run.ends()

    assert (page.status, page.text, page.headers["content-length"]) == (200, "<h1>hé</h1>", "12")
    assert page.headers["x-practice"] == "simulated"
    assert file.body == b"A" * 100_000
    assert (late.text, late.headers["transfer-encoding"]) == ("one two", "chunked")
    assert (echo.text, echo.headers["x-length"]) == ("GRÜN", "4")
    assert (head.status, head.body) == (200, b"")
    assert status == 0
    assert run.out.text.endswith("HEAD /\nclosed\n")


async def test_a_hundred_requests_at_once() -> None:
    async with box({**NODE, "app/server.js": SERVER}) as here:
        _, port = await listening(here)
        answers = await asyncio.gather(*(get(port, "/late") for _ in range(100)))

    assert {each.text for each in answers} == {"one two"}


async def test_an_uncaught_error_ends_the_server_and_shows_the_line() -> None:
    async with box({**NODE, "app/server.js": SERVER}) as here:
        run, port = await listening(here)
        with pytest.raises(http.client.RemoteDisconnected):
            await get(port, "/boom")
        status = await run.ends()

    assert status == 1
    notice, *lines = run.err.text.splitlines()
    assert notice == "labrunner: this node is a stand-in, simulated by labrunner's practice engine"
    assert lines[0] == "/app/server.js:8"
    assert lines[1] == "  if (request.url === '/boom') throw new Error('kaput');"
    assert lines[4] == "Error: kaput"
    assert lines[5].strip().startswith("at /app/server.js:8:")
    assert lines[-1] == "Node.js v24.18.0"


async def test_a_taken_port() -> None:
    async with box({**NODE, "app/server.js": SERVER}) as here:
        await listening(here)
        status, _, complaint = await here.run("node", "server.js", cwd="/app", main=False)

    assert status == 1
    assert "Error: listen EADDRINUSE: address already in use :::3000" in complaint
    assert "code: 'EADDRINUSE'" in complaint


async def test_as_pid_1_it_ignores_term_unless_the_script_listens() -> None:
    async with box(
        {**NODE, "app/server.js": SERVER.replace("process.on", "void process.listeners, (() => 0)")}
    ) as here:
        run, _ = await listening(here)
        run.task.signal("TERM")
        ignored = not run.task.ended
        run.task.signal("KILL")
        status = await run.ends()

    assert ignored
    assert status == 137


async def test_modules_are_found_as_node_finds_them() -> None:
    told = await ran(
        {
            "app/main.js": "console.log(require('./lib'), require('./data').n, require('pack').name, module.paths[0]);",
            "app/lib/index.js": "module.exports = require('../other');",
            "app/other.js": "exports.from = __filename; exports.main = require.main.filename;",
            "app/data.json": '{"n": 3}',
            "app/node_modules/pack/package.json": '{"name": "pack", "main": "./dist/main"}',
            "app/node_modules/pack/dist/main.js": "module.exports = { name: 'packed' };",
        },
        "main.js",
    )

    assert told == (
        0,
        "{ from: '/app/other.js', main: '/app/main.js' } 3 packed /app/node_modules\n",
        "",
    )


async def test_a_missing_module_is_named_with_the_way_to_it() -> None:
    status, _, complaint = await ran({"app/a.js": "require('./b')", "app/b.js": "require('express')"}, "a.js")

    assert status == 1
    assert "Error: Cannot find module 'express'\nRequire stack:\n- /app/b.js\n- /app/a.js\n" in complaint
    assert "code: 'MODULE_NOT_FOUND',\n  requireStack: [ '/app/b.js', '/app/a.js' ]\n}" in complaint
    assert complaint.endswith("\nNode.js v24.18.0\n")


async def test_a_missing_script_and_a_syntax_error() -> None:
    status, _, complaint = await ran({}, "nope.js", cwd="/")
    assert status == 1
    assert "Error: Cannot find module '/nope.js'" in complaint

    status, _, complaint = await ran({"app/x.js": "const a = 1;\nlet b c;\n"}, "x.js")
    assert status == 1
    assert complaint.startswith("/app/x.js:2\nlet b c;\n")
    assert "SyntaxError: " in complaint


async def test_what_is_not_simulated_is_said() -> None:
    for code in ("require('net')", "require('child_process')", "require('https')"):
        status, _, complaint = await evaluated(code)
        assert status == 1
        assert "labrunner's practice engine does not simulate node's module" in complaint

    status, _, complaint = await ran({"app/a.mjs": "import fs from 'fs'"}, "a.mjs")
    assert status == 1
    assert "does not simulate ES modules" in complaint


async def test_files() -> None:
    told = await evaluated(
        "const fs = require('fs');"
        "fs.mkdirSync('d/e', { recursive: true }); fs.writeFileSync('d/e/f', 'one'); fs.appendFileSync('d/e/f', ' two');"
        "console.log(fs.readFileSync('d/e/f', 'utf8'), fs.existsSync('nope'), fs.readdirSync('.'));"
        "console.log(fs.statSync('d').isDirectory());"
        "try { fs.readFileSync('nope') } catch (error) { console.log(error.code, error.message) }"
        "fs.readFile('a.txt', 'utf8', (error, text) => console.log(error, text));"
        "fs.promises.readFile('nope').catch((error) => console.log(error.code));"
        "fs.rmSync('d', { recursive: true })"
    )

    assert told == (
        0,
        "one two false [ 'a.txt', 'd' ]\ntrue\n"
        "ENOENT ENOENT: no such file or directory, open '/app/nope'\n"
        "null text\nENOENT\n",
        "",
    )


async def test_the_rest_of_the_library() -> None:
    told = await evaluated(
        "const { createHash, randomUUID } = require('crypto'); const util = require('util'); const os = require('os');"
        "const url = new URL('/a/../b?x=1&y=%20z#h', 'http://localhost:8080/q/');"
        "console.log(url.href, url.searchParams.get('y'), os.hostname(), process.argv.slice(1), process.cwd());"
        "console.log(createHash('sha256').update('x').digest('hex').slice(0, 8), randomUUID().length);"
        "console.log(require('path').join('/a', '../b', 'c.txt'), require('querystring').parse('a=1&a=2').a);"
        "console.log(Buffer.from('grün').toString('base64'), String(Buffer.concat([Buffer.from('a')])));"
        "class E extends require('events') {};"
        "const e = new E(); e.once('x', (v) => console.log('got', v)); e.emit('x', 1);"
        "console.log(e.emit('x', 2), util.inspect({ a: { b: { c: {} } } }, { depth: 0 }));"
        "process.on('exit', (code) => console.log('exit', code)); process.exitCode = 3;",
        "one",
    )

    assert told == (
        3,
        "http://localhost:8080/b?x=1&y=%20z#h  z box [ 'one' ] /app\n2d711642 36\n/b/c.txt [ '1', '2' ]\n"
        "Z3LDvG4= a\ngot 1\nfalse { a: [Object] }\nexit 3\n",
        "",
    )


async def test_order_of_what_comes_later() -> None:
    _, said, _ = await evaluated(
        "setTimeout(() => console.log('timeout'), 100); setImmediate(() => console.log('immediate'));"
        "Promise.resolve().then(() => console.log('promise')); console.log('now');"
        "(async () => { await null; console.log('awaited') })()"
    )

    assert said == "now\npromise\nawaited\nimmediate\ntimeout\n"


async def test_rejections_that_nobody_hears_end_the_script() -> None:
    main = "async function main() {\n  await null;\n  throw new Error('lost');\n}\nmain();\n"
    status, _, complaint = await ran({"app/a.js": main}, "a.js")
    assert status == 1
    assert complaint.startswith("/app/a.js:3\n  throw new Error('lost');\n")
    assert "\nError: lost\n" in complaint

    status, _, complaint = await evaluated("setTimeout(async () => { throw new Error('late') }, 1)")
    assert status == 1
    assert "Error: late" in complaint

    status, said, _ = await evaluated(
        "process.on('unhandledRejection', (e) => console.log(e.message)); (async () => { throw Error('x') })()"
    )
    assert (status, said) == (0, "x\n")


async def test_a_script_may_return_at_its_top() -> None:
    assert await ran(
        {"app/bin/www": "#!/usr/bin/env node\nconsole.log(1);\nif (true) {\n  return;\n}\nconsole.log(2)"},
        "./bin/www",
    ) == (0, "1\n", "")


async def test_stdin_as_script_and_as_data() -> None:
    async with box(NODE) as here:
        assert await here.run("node", stdin=b"console.log(1 + 1)") == (0, "2\n", "")
        told = await here.run(
            "node",
            "-e",
            "process.stdin.on('data', (d) => console.log(String(d))).on('end', () => console.log('end'))",
            stdin=b"hello",
        )
    assert told == (0, "hello\nend\n", "")


async def test_requests_of_its_own_reach_only_the_container() -> None:
    health = (
        "fetch('http://localhost:3000/').then((r) => r.text())"
        ".then((t) => { console.log(t); process.exit(t.includes('h1') ? 0 : 1) })"
    )
    async with box({**NODE, "app/server.js": SERVER}) as here:
        await listening(here)
        healthy = await here.run("node", "-e", health, main=False)
        refused = await here.run(
            "node",
            "-e",
            "require('http').get('http://127.0.0.1:81/', () => {}).on('error', (e) => console.log(e.code, e.message))",
            main=False,
        )
        outside = await here.run(
            "node",
            "-e",
            "require('http').get('http://example.com/').on('error', (e) => console.log(e.message))",
            main=False,
        )

    assert healthy == (0, "<h1>hé</h1>\n", "")
    assert refused == (0, "ECONNREFUSED connect ECONNREFUSED 127.0.0.1:81\n", "")
    assert outside == (0, "getaddrinfo ENOTFOUND example.com\n", "")


@pytest.mark.parametrize(
    "code",
    [
        "while (true) {}",
        "console.log(1); while (true) {}",
        "Promise.resolve().then(() => { console.log(1); while (true) {} })",
        "try { while (true) {} } finally { console.log('never') }",
        "for (;;) console.log(1)",
    ],
)
async def test_an_endless_loop_is_ended_and_holds_nobody_up(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "SECONDS", 0.5)
    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.01)
            turns += 1

    other = asyncio.create_task(turning())
    status, _, complaint = await evaluated(code)
    other.cancel()

    assert status == 137
    assert "the script was busy for 0.5 s of processor time without a pause" in complaint
    assert turns > 5


async def test_memory_and_recursion_are_bounded() -> None:
    status, _, complaint = await evaluated(
        "const all = []; for (;;) all.push('x'.repeat(10000) + all.length)"
    )
    assert (status, complaint.splitlines()[-1]) == (
        134,
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    )
    status, _, complaint = await evaluated("function f() { return f() + 1 } f()")
    assert status == 1
    assert "RangeError: Maximum call stack size exceeded" in complaint


async def test_a_killed_container_leaves_no_server_behind() -> None:
    async with box({**NODE, "app/server.js": SERVER}) as here:
        run, _ = await listening(here)
        run.task.signal("KILL")
        status = await run.ends()
        assert (status, here.machine.ports) == (137, frozenset())
