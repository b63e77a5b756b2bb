"""Digest: logs of any size become one small file that can be merged and analysed."""

from rca.digest.file import read, write
from rca.digest.make import digest, merge_files, merge_parcels
from rca.digest.shard import Shard, shard_of

__all__ = ["Shard", "digest", "merge_files", "merge_parcels", "read", "shard_of", "write"]
