"""hello, tini, mysqld, httpd, envsubst, su-exec, curl and wget."""

import asyncio

from labrunner.practice.images.tree import Node
from tests.practice.programs.box import answer, box, standin


async def test_hello_tells_what_the_engine_did() -> None:
    async with box({"hello": standin("hello")}) as here:
        status, said, _ = await here.run("/hello")

    assert status == 0
    assert said.startswith("\nHello from labrunner's practice engine!\n")
    assert [line[:3] for line in said.splitlines() if line[:3].strip().isdigit()] == []
    assert all(f"\n {number}. " in said for number in (1, 2, 3, 4))


async def test_tini_hands_on_signals_and_the_status() -> None:
    files: dict[str, str | bytes | Node] = {
        "sbin/tini": standin("tini"),
        "usr/local/bin/node": standin("node", "24.18.0"),
        "bin/sh": standin("coreutils"),
    }
    listening = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')"
    deaf = "setInterval(() => {}, 1000); console.log('up')"
    async with box(files) as here:
        assert (await here.run("tini", "--", "sh", "-c", "exit 5"))[0] == 5
        missing = await here.run("tini", "--", "nosuch")
        run = here.start("tini", "-g", "--", "node", "-e", listening)
        await run.out.until("up")
        run.task.signal("TERM")
        heard = await run.ends()
        run = here.start("tini", "--", "node", "-e", deaf)
        await run.out.until("up")
        run.task.signal("TERM")
        killed = await run.ends()

    assert missing[0] == 127
    assert missing[2].startswith("[FATAL tini (1)] exec nosuch failed: No such file or directory")
    assert (heard, killed) == (7, 143)


async def test_mysqld_wants_a_decision_about_its_password() -> None:
    async with box({"usr/sbin/mysqld": standin("mysqld", "9.7.0"), "var/lib/x": ""}) as here:
        status, _, complaint = await here.run("mysqld")

    assert status == 1
    assert "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified" in complaint


async def test_mysqld_listens_and_says_that_it_has_no_database() -> None:
    async with box({"usr/sbin/mysqld": standin("mysqld", "9.7.0"), "var/lib/x": ""}) as here:
        run = here.start("mysqld", env={"MYSQL_ROOT_PASSWORD": "x"})
        await run.err.until("ready for connections")
        reader, writer = await here.machine.connect("127.0.0.1", 3306)
        said = await reader.read(-1)
        writer.close()
        run.task.signal("TERM")
        status = await run.ends()

    assert run.err.text.startswith("labrunner: this mysqld is a stand-in")
    assert b"it has no database" in said
    assert status == 0


async def test_both_kinds_of_httpd() -> None:
    files: dict[str, str | bytes | Node] = {
        "bin/busybox-httpd": standin("httpd"),
        "www/index.html": "small",
        "usr/local/apache2/bin/httpd": standin("httpd", "2.4.66"),
        "usr/local/apache2/htdocs/index.html": "It works!",
        "usr/local/apache2/conf/httpd.conf": 'Listen 80\nDocumentRoot "/usr/local/apache2/htdocs"\n',
    }
    async with box(files) as here:
        small = here.start("/bin/busybox-httpd", "-f", "-p", "8080", "-h", "/www")
        await small.err.until("stand-in")
        port = await here.published(8080)
        page = await asyncio.to_thread(answer, port, "/")
        missing = await asyncio.to_thread(answer, port, "/x")
        small.task.signal("TERM")
        ignored = not small.task.ended
        apache = here.start("/usr/local/apache2/bin/httpd", "-DFOREGROUND", main=False)
        await apache.err.until("resuming normal operations")
        port = await here.published(80)
        works = await asyncio.to_thread(answer, port, "/")
        apache.task.signal("WINCH")
        status = await apache.ends()

    assert (page.text, missing.status, ignored) == ("small", 404, True)
    assert (works.text, works.headers["server"], status) == ("It works!", "Apache/2.4.66 (Unix)", 0)
    assert '"GET / HTTP/1.1" 200 9' in apache.out.text


async def test_envsubst() -> None:
    async with box({"usr/bin/envsubst": standin("envsubst")}) as here:
        everything = await here.run("envsubst", env={"A": "1"}, stdin=b"$A ${A} $B.")
        chosen = await here.run("envsubst", "$A", env={"A": "1", "B": "2"}, stdin=b"$A $B")

    assert everything[1] == "1 1 ."
    assert chosen[1] == "1 $B"


async def test_su_exec_runs_as_somebody_else() -> None:
    files: dict[str, str | bytes | Node] = {
        "sbin/su-exec": standin("su-exec"),
        "usr/local/bin/node": standin("node", "24.18.0"),
        "etc/passwd": "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n",
    }
    async with box(files) as here:
        told = await here.run("su-exec", "node", "node", "-p", "process.getuid()")
        nobody = await here.run("su-exec", "nosuch", "node")

    assert told[:2] == (0, "1000\n")
    assert nobody[0] == 1


async def test_curl_and_wget_without_a_network() -> None:
    files = {"usr/bin/curl": standin("curl"), "usr/bin/wget": standin("wget")}
    async with box(files) as here:
        assert await here.run("curl", "http://localhost:81/") == (
            7,
            "",
            "curl: (7) Failed to connect to localhost port 81 after 0 ms: Could not connect to server\n",
        )
        assert await here.run("curl", "-fsSL", "https://example.com") == (
            6,
            "",
            "curl: (6) Could not resolve host: example.com\n",
        )
        assert await here.run("curl", "-s", "https://example.com") == (6, "", "")
        assert await here.run("wget", "http://example.com") == (1, "", "wget: bad address 'example.com'\n")
        refused = await here.run("wget", "-q", "-O-", "http://127.0.0.1:81")

    assert refused == (1, "", "wget: can't connect to remote host (127.0.0.1): Connection refused\n")


async def test_curl_and_wget_against_the_container_itself() -> None:
    app = """
    require('http').createServer((q, r) => {
      let body = '';
      q.on('data', (c) => { body += c; });
      q.on('end', () => {
        if (q.url === '/moved') return r.writeHead(302, { Location: '/' }).end();
        r.statusCode = q.url === '/bad' ? 500 : 200;
        r.end(`${q.method} ${q.headers['x-a'] || '-'} ${body}`);
      });
    }).listen(80, () => console.log('up'));
    """
    files: dict[str, str | bytes | Node] = {
        "usr/bin/curl": standin("curl"),
        "usr/bin/wget": standin("wget"),
        "usr/local/bin/node": standin("node", "24.18.0"),
        "app.js": app,
    }
    async with box(files) as here:
        server = here.start("node", "/app.js")
        await server.out.until("up")

        async def run(*words: str) -> tuple[int, str, str]:
            return await here.run(*words, main=False)

        assert await run(
            "curl", "-s", "-X", "PUT", "-H", "X-A: b", "-d", "one", "-d", "two", "localhost"
        ) == (0, "PUT b one&two", "")
        assert await run("curl", "-sL", "http://127.0.0.1/moved") == (0, "GET - ", "")
        assert await run("curl", "-f", "localhost/bad") == (
            22,
            "",
            "curl: (22) The requested URL returned error: 500\n",
        )
        assert await run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\\n", "localhost/bad") == (
            0,
            "500\n",
            "",
        )
        assert await run("curl", "-so", "/out", "localhost") == (0, "", "")
        assert here.read("/out") == "GET - "
        assert (await run("curl", "-sI", "localhost"))[1].startswith("HTTP/1.1 200 OK\r\n")
        assert await run("wget", "-qO-", "http://localhost/") == (0, "GET - ", "")
        assert await run("wget", "-q", "--spider", "http://localhost/bad") == (
            1,
            "",
            "wget: server returned error: HTTP/1.1 500 Internal Server Error\n",
        )
