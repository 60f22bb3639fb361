"""From directives to a configuration: each block checked, each setting handed down."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from labrunner.practice.programs.nginx.configuration import (
    Configuration,
    Header,
    Location,
    Log,
    Server,
    Settings,
)
from labrunner.practice.programs.nginx.directives import (
    access_log,
    address,
    error_log,
    error_pages,
    first_words,
    folder,
    listened,
    media_types,
    proxied_to,
    size,
    switched,
)
from labrunner.practice.programs.nginx.language import BadConfiguration, Directive
from labrunner.practice.programs.nginx.vocabulary import (
    EVENTS,
    HTTP,
    LOCATION,
    MAIN,
    OBEYED,
    PASSED_OVER,
    REFUSED,
    SERVER,
)


def understand(directives: Iterable[Directive]) -> Configuration:
    """Raises BadConfiguration as `nginx -t` would."""
    listed = _checked(directives, MAIN)
    names = [each.name for each in listed]
    if "events" not in names:
        raise BadConfiguration('no "events" section in configuration')
    configuration = Configuration()
    settings = Settings()
    for each in listed:
        match each.name:
            case "user":
                configuration = replace(configuration, user=each.words[0])
            case "daemon":
                configuration = replace(configuration, daemon=switched(each))
            case "pid":
                configuration = replace(configuration, pid=each.words[0])
            case "error_log":
                settings = replace(settings, error_log=error_log(each))
                configuration = replace(configuration, error_log=settings.error_log)
            case "events":
                _checked(each.block or (), EVENTS)
            case "http":
                configuration = _http(configuration, each, settings)
            case _:
                continue
    return configuration


def _http(configuration: Configuration, block: Directive, settings: Settings) -> Configuration:
    listed = _checked(block.block or (), HTTP)
    formats = dict(configuration.formats)
    for each in listed:
        if each.name == "log_format":
            words = [word for word in each.words[1:] if not word.startswith("escape=")]
            formats[each.words[0]] = "".join(words)
    settings = _settings(settings, listed, formats)
    servers = tuple(_server(each, settings, formats) for each in listed if each.name == "server")
    return replace(configuration, formats=formats, servers=servers)


def _server(block: Directive, settings: Settings, formats: Mapping[str, str]) -> Server:
    listed = _checked(block.block or (), SERVER)
    settings = _settings(settings, listed, formats)
    ports: dict[int, bool] = {}
    names: list[str] = []
    for each in listed:
        if each.name == "listen":
            port, default = listened(each)
            ports[port] = ports.get(port, False) or default
        elif each.name == "server_name":
            names.extend(name.lower() if not name.startswith("~") else name for name in each.words)
    locations = tuple(_location(each, settings, formats) for each in listed if each.name == "location")
    seen: set[tuple[str, str]] = set()
    for each, location in zip([each for each in listed if each.name == "location"], locations, strict=True):
        key = ("~" if location.regex else "=" if location.kind == "=" else "", location.pattern)
        if key in seen and not location.regex:
            raise BadConfiguration(f'duplicate location "{location.pattern}" in {each.at}')
        seen.add(key)
    return Server(
        ports=ports or {80: False},
        names=tuple(names),
        settings=settings,
        locations=locations,
        try_files=first_words(listed, "try_files"),
        returns=first_words(listed, "return"),
    )


def _location(block: Directive, settings: Settings, formats: Mapping[str, str]) -> Location:
    kind: Literal["", "=", "^~", "~", "~*", "@"] = ""
    pattern = block.words[-1]
    if len(block.words) == 2:
        match block.words[0]:
            case "=" | "^~" | "~" | "~*" as sign:
                kind = sign
            case other:
                raise BadConfiguration(f'invalid location modifier "{other}" in {block.at}')
    elif pattern.startswith("@"):
        kind = "@"
    regex = None
    if kind in ("~", "~*"):
        try:
            regex = re.compile(pattern, re.IGNORECASE if kind == "~*" else 0)
        except re.error as error:
            raise BadConfiguration(f'pcre2_compile() failed: {error} in "{pattern}" in {block.at}') from None
    listed = _checked(block.block or (), LOCATION)
    inherited = replace(settings, alias="")
    proxies = [each for each in listed if each.name == "proxy_pass"]
    return Location(
        kind=kind,
        pattern=pattern,
        regex=regex,
        settings=_settings(inherited, listed, formats),
        try_files=first_words(listed, "try_files"),
        returns=first_words(listed, "return"),
        proxy=proxied_to(proxies[-1]) if proxies else None,
        internal=any(each.name == "internal" for each in listed),
    )


def _checked(directives: Iterable[Directive], place: str) -> tuple[Directive, ...]:
    """The directives of one block, each known, allowed here and with a fitting number of words."""
    listed = tuple(directives)
    for each in listed:
        rule = OBEYED.get(each.name)
        if rule is None:
            if each.name in REFUSED:
                raise BadConfiguration(
                    f'labrunner\'s practice engine does not simulate the directive "{each.name}" in {each.at}'
                )
            if each.name not in PASSED_OVER:
                raise BadConfiguration(f'unknown directive "{each.name}" in {each.at}')
            if place not in PASSED_OVER[each.name]:
                raise BadConfiguration(f'"{each.name}" directive is not allowed here in {each.at}')
            continue
        if place == LOCATION and each.name == "location":
            raise BadConfiguration(
                f"labrunner's practice engine does not simulate a location inside a location in {each.at}"
            )
        if place not in rule.places:
            raise BadConfiguration(f'"{each.name}" directive is not allowed here in {each.at}')
        if rule.block and each.block is None:
            raise BadConfiguration(f'directive "{each.name}" has no opening "{{" in {each.at}')
        if not rule.block and each.block is not None:
            raise BadConfiguration(f'directive "{each.name}" is not terminated by ";" in {each.at}')
        if not rule.least <= len(each.words) <= rule.most:
            raise BadConfiguration(f'invalid number of arguments in "{each.name}" directive in {each.at}')
    return listed


def _settings(settings: Settings, listed: Iterable[Directive], formats: Mapping[str, str]) -> Settings:
    headers: list[Header] = []
    rules: list[tuple[bool, str]] = []
    logs: list[Log] = []
    pages = dict(settings.error_pages)
    proxied: list[tuple[str, str]] = []
    for each in listed:
        words = each.words
        match each.name:
            case "root":
                settings = replace(settings, root=folder(words[0]), alias="")
            case "alias":
                settings = replace(settings, alias=words[0])
            case "index":
                settings = replace(settings, index=words)
            case "autoindex":
                settings = replace(settings, autoindex=switched(each))
            case "default_type":
                settings = replace(settings, default_type=words[0])
            case "charset":
                settings = replace(settings, charset="" if words[0] == "off" else words[0])
            case "expires":
                settings = replace(settings, expires=" ".join(words))
            case "types":
                settings = replace(settings, types=media_types(each))
            case "server_tokens":
                settings = replace(settings, tokens=words[0] != "off")
            case "absolute_redirect":
                settings = replace(settings, absolute_redirect=switched(each))
            case "port_in_redirect":
                settings = replace(settings, port_in_redirect=switched(each))
            case "client_max_body_size":
                settings = replace(settings, body_limit=size(each))
            case "error_log":
                settings = replace(settings, error_log=error_log(each))
            case "access_log":
                logs.append(access_log(each, formats))
            case "add_header":
                if len(words) == 3 and words[2] != "always":
                    raise BadConfiguration(f'invalid parameter "{words[2]}" in {each.at}')
                headers.append(Header(name=words[0], value=words[1], always=len(words) == 3))
            case "allow" | "deny":
                rules.append((each.name == "allow", address(each)))
            case "proxy_set_header":
                proxied.append((words[0], words[1]))
            case "error_page":
                error_pages(pages, each)
            case _:
                continue
    return replace(
        settings,
        headers=tuple(headers) or settings.headers,
        rules=tuple(rules) or settings.rules,
        access_logs=tuple(logs) or settings.access_logs,
        proxy_headers=tuple(proxied) or settings.proxy_headers,
        error_pages=pages,
    )
