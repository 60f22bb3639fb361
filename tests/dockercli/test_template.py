"""Go templates as `--format` understands them. The expected texts are Go's."""

import pytest

from labrunner.dockercli.failure import Ended
from labrunner.dockercli.fields import zeros
from labrunner.dockercli.template import Failed, Template

IMAGE = {
    "Id": "sha256:abc",
    "RepoTags": ["web:1", "web:latest"],
    "Os": "linux",
    "Size": 1234567,
    "Config": {
        "Cmd": ["cat", "/x"],
        "Env": None,
        "Labels": {"b": "2", "a": "1"},
        "ExposedPorts": {"80/tcp": {}},
    },
    "RootFS": {"Layers": ["one", "two", "three"]},
}
CONTAINER = {
    "State": {"Running": True, "ExitCode": 0},
    "HostConfig": {
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
        "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]},
        "LogConfig": {"Type": "json-file", "Config": {}},
    },
    "Config": {},
    "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "90/tcp": None}},
}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{.Id}}", "sha256:abc"),
        ("{{ .Id }} and {{.Os}}", "sha256:abc and linux"),
        ("{{.RepoTags}}", "[web:1 web:latest]"),
        ("{{json .RepoTags}}", '["web:1","web:latest"]'),
        ("{{.Config.Labels}}", "map[a:1 b:2]"),
        ("{{.Config.ExposedPorts}}", "map[80/tcp:{}]"),
        ("{{index .RepoTags 1}}", "web:latest"),
        ('{{index .Config.Labels "a"}}', "1"),
        ('{{index .Config.Labels "nope"}}|', "|"),
        ("{{len .RootFS.Layers}}", "3"),
        ('{{join .RepoTags ", "}}', "web:1, web:latest"),
        ("{{range .RepoTags}}<{{.}}>{{end}}", "<web:1><web:latest>"),
        ("{{range $i, $tag := .RepoTags}}{{$i}}={{$tag}} {{end}}", "0=web:1 1=web:latest "),
        ("{{range $key, $value := .Config.Labels}}{{$key}}{{$value}}{{end}}", "a1b2"),
        ("{{range .RepoTags}}{{$.Os}} {{end}}", "linux linux "),
        ("{{if .Os}}yes{{else}}no{{end}}", "yes"),
        ('{{if eq .Os "windows"}}w{{else if eq .Os "linux"}}l{{else}}?{{end}}', "l"),
        ("{{with .Config.Cmd}}{{index . 0}}{{end}}", "cat"),
        ("{{with .Config.Env}}set{{else}}unset{{end}}", "unset"),
        ("{{$os := .Os}}{{$os}}", "linux"),
        ('{{.Os | upper | printf "%-7s|"}}', "LINUX  |"),
        ('{{printf "%d %q %v" 7 .Os .RepoTags}}', '7 "linux" [web:1 web:latest]'),
        ("{{slice .Os 0 3}} {{title .Os}} {{truncate .Os 2}}", "lin Linux li"),
        ("a {{- .Os -}} b", "alinuxb"),
        ("{{/* said to nobody */}}{{.Os}}", "linux"),
        ("{{and .Os 0}} {{or 0 .Os}} {{not .Os}}", "0 linux false"),
        ("{{(index .RepoTags 0) | len}}", "5"),
        ('{{`raw "text"`}}', 'raw "text"'),
        ("{{.Size}} {{gt .Size 10}}", "1234567 true"),
    ],
)
def test_an_image_is_told(template: str, said: str) -> None:
    assert Template(template, zeros(IMAGE)).filled(IMAGE) == said


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "{{.Config.Healthcheck}} {{.Config.Volumes}} {{.Config.Shell}} [{{.Config.User}}]",
            "<nil> map[] [] []",
        ),
        ("{{json .Config.Healthcheck}} {{json .Config.Shell}} {{json .Config.User}}", 'null null ""'),
        ("{{len .Config.Volumes}} {{if .Config.Volumes}}some{{else}}none{{end}}", "0 none"),
        ("{{.State.Health}} {{.HostConfig.CapAdd}} {{.State.Error}}|", "<nil> [] |"),
        ("{{.HostConfig.RestartPolicy}} {{.HostConfig.LogConfig}}", "{on-failure 3} {json-file map[]}"),
        ("{{.HostConfig.PortBindings}}", "map[80/tcp:[{ 8080}]]"),
        ('{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}', "8080"),
        (
            "{{range $port, $bound := .NetworkSettings.Ports}}{{$port}}={{len $bound}} {{end}}",
            "80/tcp=1 90/tcp=0 ",
        ),
        ("{{.State.Running}}", "true"),
    ],
)
def test_a_container_is_told_with_what_docker_s_types_have(template: str, said: str) -> None:
    assert Template(template, zeros(CONTAINER)).filled(CONTAINER) == said


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{.Nope}}", 'template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"'),
        ("a {{.Nope}}", 'template: :1:4: executing "" at <.Nope>: map has no entry for key "Nope"'),
        (
            "{{json .Config.Nope}}",
            'template: :1:14: executing "" at <.Config.Nope>: map has no entry for key "Nope"',
        ),
        (
            "{{.Config.Healthcheck.Test}}",
            'template: :1:9: executing "" at <.Config.Healthcheck.Test>: map has no entry for key "Healthcheck"',
        ),
        (
            "{{index .RepoTags 9}}",
            'template: :1:2: executing "" at <index .RepoTags 9>: error calling index: index out of range: 9',
        ),
    ],
)
def test_what_is_not_there_is_told_in_go_s_words(template: str, told: str) -> None:
    with pytest.raises(Failed) as failed:
        Template(template, zeros(IMAGE)).filled(IMAGE)

    assert failed.value.told() == told


def test_a_row_of_a_list_has_a_type_and_not_keys() -> None:
    with pytest.raises(Failed) as failed:
        Template("{{.Name}} {{.Nope}}").filled({"Name": "web"})

    assert failed.value.before == "web "
    assert failed.value.told(of="*formatter.imageContext") == (
        'template: :1:12: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.imageContext'
    )


def test_a_field_that_takes_a_word_is_called() -> None:
    row = {"Label": {"own": "1"}.get}

    assert Template('{{.Label "own"}}').filled(row) == "1"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{.Id", "unclosed action"),
        ("{{end}}", "unexpected {{end}}"),
        ("{{if .Os}}open", "unexpected EOF"),
        ("{{nope .Id}}", 'function "nope" not defined'),
        ("said {{range .RepoTags}}{{nope .}}{{end}}", 'function "nope" not defined'),
    ],
)
def test_a_template_that_does_not_parse_says_nothing_else(template: str, why: str) -> None:
    with pytest.raises(Ended) as ended:
        Template(template)

    assert ended.value.text == f"template parsing error: template: :1: {why}"
