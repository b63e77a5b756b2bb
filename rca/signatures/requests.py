"""Requests: an entry of a request log is named by method, route and status."""

import polars as pl

from rca.signatures.mask import WILD

_OPAQUE = r"/[A-Za-z_\-]{24,}"
"""Longer than the longest usual word of a route; ids in base64 may lack digits."""

REQUEST = r"^HTTP (?:[0-9]{3}|\?) (?:[A-Z]{3,10}|\?) \S*$"
"""Form of the text that names a request entry."""


def route() -> pl.Expr:
    """METHOD and path, variable segments masked, without host and query; from the columns `method` and `url`."""
    path = pl.col("url").str.replace(r"^[a-zA-Z][a-zA-Z0-9+.\-]{0,20}://[^/?#]*", "").str.replace(r"[?#](?s:.)*$", "")
    version = path.str.replace_all(r"/(v[0-9]{1,2})(/|$)", "/\x01${1}\x02${2}")
    masked = version.str.replace_all(r"/[^/\x01]*[0-9][^/]*", "/" + WILD).str.replace_all(_OPAQUE, "/" + WILD)
    bare = masked.str.replace_many(["\x01", "\x02"], ["", ""]).str.replace_all(r"/{2,}|^$", "/").str.head(500)
    return pl.concat_str(pl.col("method").fill_null("?"), pl.lit(" "), bare.fill_null("?"))


def request_text() -> pl.Expr:
    """The text that names a request entry: one signature per status, method and route."""
    return pl.concat_str(pl.lit("HTTP "), pl.col("status").cast(pl.String).fill_null("?"), pl.lit(" "), route())
