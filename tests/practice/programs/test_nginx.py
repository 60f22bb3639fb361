"""nginx over real sockets, from files as they are at that moment."""

import asyncio
from collections.abc import Mapping

from labrunner.practice.images.tree import Bytes, Node
from tests.practice.programs.box import Answer, Box, answer, box, link, standin

CONFIGURATION = """\
user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
events { worker_connections 1024; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    log_format main '$remote_addr "$request" $status "$http_user_agent"';
    access_log /var/log/nginx/access.log main;
    include conf.d/*.conf;
}
"""
SITE = """\
server {
    listen 80;
    server_name localhost;
    location / { root /usr/share/nginx/html; index index.html; }
    error_page 500 502 503 504 /50x.html;
    location = /50x.html { root /usr/share/nginx/html; }
}
"""
FILES: Mapping[str, str | bytes | Node] = {
    "usr/sbin/nginx": standin("nginx", "1.31.6"),
    "etc/nginx/nginx.conf": CONFIGURATION,
    "etc/nginx/mime.types": "types { text/html html htm; text/plain txt; text/css css; }",
    "etc/nginx/conf.d/default.conf": SITE,
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101:nginx:/:/sbin/nologin\n",
    "run/empty": "",
    "usr/share/nginx/html/index.html": "<h1>Welcome to nginx</h1>\n",
    "usr/share/nginx/html/docs/a.txt": "abcdef",
    "usr/share/nginx/html/secret.txt": Node(kind="file", mode=0o600, content=Bytes(b"secret")),
    "var/log/nginx/access.log": link("/dev/stdout"),
    "var/log/nginx/error.log": link("/dev/stderr"),
}


def files(site: str = SITE, **more: str) -> dict[str, str | bytes | Node]:
    return {
        **FILES,
        "etc/nginx/conf.d/default.conf": site,
        **{path.replace("__", "/"): text for path, text in more.items()},
    }


async def get(port: int, path: str, *, method: str = "GET", **headers: str) -> Answer:
    return await asyncio.to_thread(lambda: answer(port, path, method=method, body=None, **headers))


async def serving(here: Box) -> int:
    run = here.start("nginx", "-g", "daemon off;")
    await run.err.until("start worker processes")
    return await here.published(80)


async def test_the_welcome_page_is_served() -> None:
    async with box(FILES) as here:
        found = await get(await serving(here), "/")

    assert (found.status, found.text) == (200, "<h1>Welcome to nginx</h1>\n")
    assert found.headers["server"] == "nginx/1.31.6"
    assert found.headers["x-practice"] == "simulated"
    assert found.headers["content-type"] == "text/html"
    assert found.headers["etag"] == '"6553f100-1a"'
    assert found.headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"


async def test_a_changed_file_is_served_at_once() -> None:
    async with box(FILES) as here:
        port = await serving(here)
        before = await get(port, "/")
        here.machine.files.write("/usr/share/nginx/html/index.html", b"mine")
        after = await get(port, "/", If_None_Match=before.headers["etag"])

    assert (after.status, after.text) == (200, "mine")


async def test_a_copy_that_is_still_good_is_not_sent_again() -> None:
    async with box(FILES) as here:
        port = await serving(here)
        by_tag = await get(port, "/", If_None_Match='"6553f100-1a"')
        by_date = await get(port, "/", If_Modified_Since="Tue, 14 Nov 2023 22:13:20 GMT")

    assert (by_tag.status, by_tag.body) == (304, b"")
    assert (by_date.status, by_date.body) == (304, b"")


async def test_ranges() -> None:
    async with box(FILES) as here:
        port = await serving(here)
        part = await get(port, "/docs/a.txt", Range="bytes=1-2")
        end = await get(port, "/docs/a.txt", Range="bytes=-2")
        beyond = await get(port, "/docs/a.txt", Range="bytes=9-")

    assert (part.status, part.text, part.headers["content-range"]) == (206, "bc", "bytes 1-2/6")
    assert (end.status, end.text) == (206, "ef")
    assert (beyond.status, beyond.headers["content-range"]) == (416, "bytes */6")


async def test_what_is_not_there_not_shown_and_not_allowed() -> None:
    async with box(FILES) as here:
        port = await serving(here)
        missing = await get(port, "/nope")
        folder = await get(port, "/docs")
        listing = await get(port, "/docs/")
        closed = await get(port, "/secret.txt")
        posted = await get(port, "/", method="POST")
        head = await get(port, "/", method="HEAD")

    assert missing.status == 404
    assert "<title>404 Not Found</title>" in missing.text
    assert "labrunner's practice engine" in missing.text
    assert (folder.status, folder.headers["location"]) == (301, "http://127.0.0.1/docs/")
    assert (listing.status, closed.status, posted.status) == (403, 403, 405)
    assert (head.status, head.headers["content-length"], head.body) == (200, "26", b"")


async def test_no_address_leads_out_of_the_root() -> None:
    async with box(FILES) as here:
        port = await serving(here)
        statuses = [
            (await get(port, path)).status
            for path in (
                "/../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/docs/..%2f..%2f..%2fetc/passwd",
                "/a%00b",
            )
        ]

    assert statuses == [400, 400, 400, 400]


async def test_requests_and_complaints_are_what_docker_logs_shows() -> None:
    async with box(FILES) as here:
        run = here.start("nginx", "-g", "daemon off;")
        await run.err.until("start worker processes")
        port = await here.published(80)
        await get(port, "/nope", User_Agent='curl"x')
        await run.out.until("404")

    assert run.out.text == '127.0.0.1 "GET /nope HTTP/1.1" 404 "curl\\x22x"\n'
    first, *_, last = run.err.text.splitlines()
    assert first == "labrunner: this nginx is a stand-in, simulated by labrunner's practice engine"
    assert (
        '[error] 29#29: *1 open() "/usr/share/nginx/html/nope" failed (2: No such file or directory)' in last
    )


async def test_an_unknown_directive_stops_the_start() -> None:
    async with box(files("server {\n  listen 80;\n  lisen 81;\n}\n")) as here:
        status, _, complaint = await here.run("nginx", "-g", "daemon off;")

    assert status == 1
    assert complaint.splitlines()[-1] == (
        'nginx: [emerg] unknown directive "lisen" in /etc/nginx/conf.d/default.conf:3'
    )


async def test_a_directive_that_is_not_simulated_is_refused_aloud() -> None:
    async with box(files("server {\n  rewrite ^ /x;\n}\n")) as here:
        status, _, complaint = await here.run("nginx", "-t")

    assert status == 1
    assert 'labrunner\'s practice engine does not simulate the directive "rewrite"' in complaint
    assert complaint.endswith("nginx: configuration file /etc/nginx/nginx.conf test failed\n")


async def test_the_configuration_is_tested_and_shown() -> None:
    async with box(FILES) as here:
        tested = await here.run("nginx", "-t")
        status, shown, _ = await here.run("nginx", "-T")
        version = await here.run("nginx", "-v")

    assert tested == (
        0,
        "",
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
        "nginx: configuration file /etc/nginx/nginx.conf test is successful\n",
    )
    assert status == 0
    assert "# configuration file /etc/nginx/conf.d/default.conf:\nserver {" in shown
    assert version == (0, "", "nginx version: nginx/1.31.6\n")


async def test_a_reload_takes_the_new_configuration() -> None:
    async with box(FILES) as here:
        run = here.start("nginx", "-g", "daemon off;")
        await run.err.until("start worker processes")
        port = await here.published(80)
        here.machine.files.write(
            "/etc/nginx/conf.d/default.conf", b"server { listen 80; location / { return 200 new; } }"
        )
        told = await here.run("nginx", "-s", "reload", main=False)
        await run.err.until("reconfiguring")
        found = await get(port, "/")

    assert told[0] == 0
    assert found.text == "new"


async def test_signals_end_it_with_success() -> None:
    for name in ("QUIT", "TERM"):
        async with box(FILES) as here:
            run = here.start("nginx", "-g", "daemon off;")
            await run.err.until("start worker processes")
            run.task.signal(name)
            assert await run.ends() == 0


async def test_without_daemon_off_the_container_ends_at_once() -> None:
    async with box(FILES) as here:
        status, _, _ = await here.run("nginx")

    assert status == 0


async def test_a_taken_port_is_told() -> None:
    async with box(FILES) as here:
        await serving(here)
        status, _, complaint = await here.run("nginx", "-g", "daemon off;", main=False)

    assert status == 1
    assert "[emerg]" in complaint
    assert "bind() to 0.0.0.0:80 failed (98: Address already in use)" in complaint


async def test_a_single_page_application() -> None:
    site = """
    server {
        listen 80;
        root /usr/share/nginx/html;
        add_header X-App "v1" always;
        location / { try_files $uri $uri/ /index.html; }
        location /api/ { return 404 "no api"; }
        location ~ \\.txt$ { add_header X-Text $uri; }
        location = /old { return 301 /new; }
        location /list/ { alias /usr/share/nginx/html/docs/; autoindex on; }
        error_page 403 =200 /index.html;
    }
    """
    async with box(files(site)) as here:
        port = await serving(here)
        deep = await get(port, "/some/page")
        text = await get(port, "/docs/a.txt")
        api = await get(port, "/api/x")
        old = await get(port, "/old")
        listing = await get(port, "/list/")

    assert (deep.status, deep.text, deep.headers["x-app"]) == (200, "<h1>Welcome to nginx</h1>\n", "v1")
    assert (text.text, text.headers["x-text"]) == ("abcdef", "/docs/a.txt")
    assert (api.status, api.text) == (404, "no api")
    assert (old.status, old.headers["location"]) == (301, "http://127.0.0.1/new")
    assert '<a href="a.txt">a.txt</a>' in listing.text


async def test_a_redirect_names_the_port_of_the_container_unless_told_otherwise() -> None:
    server = "server {{ listen 8080; root /usr/share/nginx/html; {} }}"
    found = []
    for more in ("", "port_in_redirect off;", "absolute_redirect off;"):
        async with box(files(server.format(more))) as here:
            run = here.start("nginx", "-g", "daemon off;")
            await run.err.until("start worker processes")
            found.append((await get(await here.published(8080), "/docs")).headers["location"])

    assert found == ["http://127.0.0.1:8080/docs/", "http://127.0.0.1/docs/", "/docs/"]


async def test_servers_are_chosen_by_name() -> None:
    site = """
    server { listen 80 default_server; server_name _; return 200 default; }
    server { listen 80; server_name one.test *.one.test; return 200 one; }
    """
    async with box(files(site)) as here:
        port = await serving(here)
        found = [(await get(port, "/", Host=name)).text for name in ("x", "one.test", "www.one.test:8080")]

    assert found == ["default", "one", "one"]


async def test_a_proxy_reaches_only_the_container_itself() -> None:
    outside = files("server { location / { proxy_pass http://backend:3000; } }")
    inside = files("server { listen 80; location /api/ { proxy_pass http://127.0.0.1:3000/; } }")
    async with box(outside) as here:
        status, _, complaint = await here.run("nginx", "-t")
    async with box(inside) as here:
        gone = await get(await serving(here), "/api/x")

    assert status == 1
    assert 'host not found in upstream "backend" in /etc/nginx/conf.d/default.conf:1' in complaint
    assert gone.status == 502


async def test_rubbish_gets_a_400_and_many_requests_share_a_connection() -> None:
    async with box(FILES) as here:
        port = await serving(here)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"RUBBISH\r\n\r\n")
        writer.write_eof()
        said = await reader.read(-1)
        writer.close()

    assert said.count(b"HTTP/1.1 200 OK") == 2
    assert said.count(b"HTTP/1.1 400 Bad Request") == 1
