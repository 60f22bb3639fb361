"""A request passed on to another program of the container, and its answer."""

from labrunner.practice.programs.asking import ask
from labrunner.practice.programs.exchange import Request, Response
from labrunner.practice.programs.nginx.configuration import Location, Proxy
from labrunner.practice.programs.nginx.variables import Moment, expand
from labrunner.practice.programs.process import Machine

_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date", "upgrade"}
)


async def passed_on(
    request: Request, uri: str, location: Location, proxy: Proxy, *, moment: Moment, machine: Machine
) -> Response:
    """Raises OSError, TimeoutError, BadReply or IncompleteReadError where there is no answer."""
    target = request.target
    if proxy.path and location.regex is None:
        query = f"?{request.query}" if request.query else ""
        target = proxy.path + uri[len(location.pattern) :] + query
    own = {name.lower(): (name, expand(text, moment)) for name, text in location.settings.proxy_headers}
    own.setdefault("host", ("Host", f"{proxy.host}:{proxy.port}"))
    headers = [pair for pair in request.headers if pair[0].lower() not in own and pair[0].lower() not in _HOP]
    headers += [pair for pair in own.values() if pair[1] and pair[0].lower() not in _HOP]
    headers.append(("Connection", "close"))
    if request.body:
        headers.append(("Content-Length", str(len(request.body))))
    reply = await ask(
        machine,
        proxy.host,
        proxy.port,
        request.method,
        target,
        headers,
        request.body,
        patience=60,
    )
    kept = tuple(pair for pair in reply.headers if pair[0].lower() not in _HOP)
    length = reply.header("content-length")
    return Response(
        status=reply.status,
        headers=kept,
        body=reply.body,
        reason=reply.reason,
        length=int(length) if request.method == "HEAD" and length else None,
    )
