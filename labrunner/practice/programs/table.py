"""Every simulated program by the name that a stand-in's first line gives."""

from collections.abc import Mapping

from labrunner.practice.programs.curl import curl
from labrunner.practice.programs.envsubst import envsubst
from labrunner.practice.programs.hello import hello
from labrunner.practice.programs.httpd import httpd
from labrunner.practice.programs.mysqld import mysqld
from labrunner.practice.programs.nginx.command import nginx
from labrunner.practice.programs.node.command import node
from labrunner.practice.programs.npm.command import npm, npx
from labrunner.practice.programs.packages.apk import apk
from labrunner.practice.programs.packages.apt import apt_get
from labrunner.practice.programs.packages.apt_asking import apt_cache, apt_mark
from labrunner.practice.programs.packages.dpkg import dpkg, dpkg_query
from labrunner.practice.programs.process import Program
from labrunner.practice.programs.runas import su_exec
from labrunner.practice.programs.tini import tini
from labrunner.practice.programs.wget import wget

PROGRAMS: Mapping[str, Program] = {
    "apk": apk,
    "apt": apt_get,
    "apt-cache": apt_cache,
    "apt-get": apt_get,
    "apt-mark": apt_mark,
    "curl": curl,
    "dpkg": dpkg,
    "dpkg-query": dpkg_query,
    "envsubst": envsubst,
    "gosu": su_exec,
    "hello": hello,
    "httpd": httpd,
    "mysqld": mysqld,
    "nginx": nginx,
    "node": node,
    "npm": npm,
    "npx": npx,
    "su-exec": su_exec,
    "tini": tini,
    "wget": wget,
}
