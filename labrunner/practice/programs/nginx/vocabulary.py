"""The directives of nginx: which of them the stand-in obeys, which it may pass over, and which it refuses aloud."""

from collections.abc import Mapping
from dataclasses import dataclass

MAIN, EVENTS, HTTP, SERVER, LOCATION = "main", "events", "http", "server", "location"
_WEB = (HTTP, SERVER, LOCATION)
_MANY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where a directive may stand and how many words it takes."""

    places: tuple[str, ...]
    least: int = 1
    most: int = 1
    block: bool = False


OBEYED: Mapping[str, Rule] = {
    "user": Rule(places=(MAIN,), most=2),
    "daemon": Rule(places=(MAIN,)),
    "pid": Rule(places=(MAIN,)),
    "events": Rule(places=(MAIN,), least=0, most=0, block=True),
    "http": Rule(places=(MAIN,), least=0, most=0, block=True),
    "server": Rule(places=(HTTP,), least=0, most=0, block=True),
    "location": Rule(places=(SERVER,), most=2, block=True),
    "types": Rule(places=_WEB, least=0, most=0, block=True),
    "error_log": Rule(places=(MAIN, *_WEB), most=2),
    "access_log": Rule(places=_WEB, most=6),
    "log_format": Rule(places=(HTTP,), least=2, most=_MANY),
    "listen": Rule(places=(SERVER,), most=_MANY),
    "server_name": Rule(places=(SERVER,), most=_MANY),
    "root": Rule(places=_WEB),
    "alias": Rule(places=(LOCATION,)),
    "index": Rule(places=_WEB, most=_MANY),
    "error_page": Rule(places=_WEB, least=2, most=_MANY),
    "try_files": Rule(places=(SERVER, LOCATION), least=2, most=_MANY),
    "return": Rule(places=(SERVER, LOCATION), most=2),
    "default_type": Rule(places=_WEB),
    "charset": Rule(places=_WEB),
    "autoindex": Rule(places=_WEB),
    "add_header": Rule(places=_WEB, least=2, most=3),
    "expires": Rule(places=_WEB, most=2),
    "allow": Rule(places=_WEB),
    "deny": Rule(places=_WEB),
    "internal": Rule(places=(LOCATION,), least=0, most=0),
    "proxy_pass": Rule(places=(LOCATION,)),
    "proxy_set_header": Rule(places=_WEB, least=2, most=2),
    "client_max_body_size": Rule(places=_WEB),
    "server_tokens": Rule(places=_WEB),
    "absolute_redirect": Rule(places=_WEB),
    "port_in_redirect": Rule(places=_WEB),
}

PASSED_OVER: Mapping[str, tuple[str, ...]] = {
    "worker_processes": (MAIN,),
    "worker_rlimit_nofile": (MAIN,),
    "worker_shutdown_timeout": (MAIN,),
    "worker_priority": (MAIN,),
    "worker_cpu_affinity": (MAIN,),
    "master_process": (MAIN,),
    "pcre_jit": (MAIN,),
    "timer_resolution": (MAIN,),
    "env": (MAIN,),
    "lock_file": (MAIN,),
    "worker_connections": (EVENTS,),
    "use": (EVENTS,),
    "multi_accept": (EVENTS,),
    "accept_mutex": (EVENTS,),
    "server_names_hash_bucket_size": (HTTP,),
    "server_names_hash_max_size": (HTTP,),
    "types_hash_max_size": _WEB,
    "types_hash_bucket_size": _WEB,
    "variables_hash_max_size": (HTTP,),
    "http2": (HTTP, SERVER),
    **dict.fromkeys(
        (
            "aio",
            "client_body_buffer_size",
            "client_body_temp_path",
            "client_body_timeout",
            "client_header_buffer_size",
            "client_header_timeout",
            "connection_pool_size",
            "directio",
            "gzip",
            "gzip_buffers",
            "gzip_comp_level",
            "gzip_disable",
            "gzip_http_version",
            "gzip_min_length",
            "gzip_proxied",
            "gzip_static",
            "gzip_types",
            "gzip_vary",
            "keepalive_disable",
            "keepalive_requests",
            "keepalive_timeout",
            "large_client_header_buffers",
            "lingering_close",
            "lingering_timeout",
            "log_not_found",
            "log_subrequest",
            "open_file_cache",
            "open_file_cache_errors",
            "open_file_cache_min_uses",
            "open_file_cache_valid",
            "output_buffers",
            "proxy_buffer_size",
            "proxy_buffering",
            "proxy_buffers",
            "proxy_cache_bypass",
            "proxy_connect_timeout",
            "proxy_http_version",
            "proxy_read_timeout",
            "proxy_redirect",
            "proxy_send_timeout",
            "proxy_temp_path",
            "fastcgi_temp_path",
            "uwsgi_temp_path",
            "scgi_temp_path",
            "reset_timedout_connection",
            "resolver",
            "resolver_timeout",
            "send_timeout",
            "sendfile",
            "sendfile_max_chunk",
            "tcp_nodelay",
            "tcp_nopush",
            "underscores_in_headers",
        ),
        _WEB,
    ),
}
"""They change speed or limits, which a stand-in has not, so nothing that a client could see is pretended."""

_REFUSED = """
    auth_basic auth_basic_user_file auth_request break fastcgi_param fastcgi_pass fastcgi_index geo
    grpc_pass fastcgi_split_path_info if image_filter js_content js_import limit_conn
    limit_conn_zone limit_except limit_rate limit_req limit_req_zone load_module mail map
    memcached_pass merge_slashes mirror perl_set proxy_cache proxy_cache_path proxy_cache_valid
    proxy_hide_header proxy_intercept_errors proxy_method proxy_pass_header
    proxy_pass_request_headers proxy_ssl_server_name proxy_ssl_verify real_ip_header
    recursive_error_pages rewrite satisfy scgi_pass secure_link set set_real_ip_from slice
    split_clients ssi ssl ssl_certificate ssl_certificate_key ssl_ciphers ssl_dhparam
    ssl_prefer_server_ciphers ssl_protocols ssl_session_cache ssl_session_tickets
    ssl_session_timeout ssl_stapling stream stub_status sub_filter sub_filter_once upstream
    etag server_name_in_redirect chunked_transfer_encoding autoindex_exact_size autoindex_localtime
    uwsgi_pass valid_referers add_after_body addition_types google_perftools_profiles
    xslt_stylesheet zone
"""
REFUSED = frozenset(_REFUSED.split())
"""Real directives that would change what a client sees: the stand-in does not start with them."""
