"""Administrative acts that alter a running system without deploying code: each a change of kind config."""

import re
from collections.abc import Iterable

from rca import when
from rca.ingest.audit_acts import Act, Sentence, told
from rca.ingest.audit_read import part, text
from rca.model.change import Change


def _row(pattern: str, words: str) -> Sentence:
    return Sentence(re.compile(pattern), words)


SENTENCES = (
    _row(r"(?i)set_?iam(?:policy|permissions)$", "access policy of {name} changed"),
    _row(r"cloudsql\.instances\.(restart|failover|promoteReplica|restoreBackup|import)$", "{what} of Cloud SQL instance {name}"),
    _row(r"cloudsql\.instances\.(?:update|patch|insert|delete)$", "settings of Cloud SQL instance {name} changed"),
    _row(r"cloudsql\.users\.(create|update|delete|insert)$", "user of Cloud SQL instance {name}: {what}"),
    _row(r"SecretManagerService\.AddSecretVersion$", "new version of secret {name}"),
    _row(r"SecretManagerService\.(Disable|Enable|Destroy)SecretVersion$", "{what} a version of a secret: {name}"),
    _row(r"SecretManagerService\.(Update|Delete)Secret$", "{what} secret {name}"),
    _row(r"compute\.(?:firewalls|firewallPolicies)\.(?:insert|patch|update|delete|addRule|patchRule|removeRule)$", "firewall rule {name} changed"),
    _row(r"Firewall\.(?:Create|Update|Delete|BatchUpdate)IngressRules?$", "firewall rule {name} changed"),
    _row(
        r"compute\.(routes|routers|networks|subnetworks|forwardingRules|globalForwardingRules|urlMaps|backendServices|healthChecks"
        r"|targetHttpsProxies|sslCertificates|securityPolicies|addresses|vpnTunnels)\.(?!get|list|aggregatedList|testIam)\w+$",
        "network settings ({what}) of {name} changed",
    ),
    _row(r"dns\.(?:managedZones\.(?:create|update|patch|delete)|changes\.create|resourceRecordSets\.\w*(?:create|patch|delete))$", "DNS of {name} changed"),
    _row(r"(Update|Destroy|Restore)CryptoKeyVersion$", "{what} a version of an encryption key: {name}"),
    _row(r"ServiceUsage\.(Enable|Disable)Service$|ServiceManager\.(?:Activate|Deactivate)Services$", "API {name} switched: {what}"),
    _row(r"iam\.admin\.v1\.(Delete|Disable|Enable)ServiceAccount(?:Key)?$", "{what} service account {name}"),
    _row(r"ApiKeys\.(Update|Delete)Key$", "{what} API key {name}"),
    _row(r"CloudRedis\.(Update|Failover|Upgrade|Delete)Instance$", "{what} of Redis instance {name}"),
    _row(r"CloudMemcache\.(Update|Delete|ApplyParameters)\w*$", "{what} of Memcached instance {name}"),
    _row(r"VpcAccessService\.(Create|Update|Delete)Connector$", "{what} VPC connector {name}"),
    _row(r"pubsub\.v1\.(?:Publisher\.(?:Update|Delete)Topic|Subscriber\.(?:Update|Delete)Subscription|\w*\.ModifyPushConfig)$", "Pub/Sub settings of {name} changed"),
    _row(r"io\.k8s\.core\.v1\.(configmaps|secrets|services)\.(?:create|update|patch|delete)$", "Kubernetes {what} {name} changed"),
    _row(r"io\.k8s\.networking\.v1\.(ingresses|networkpolicies)\.(?:create|update|patch|delete)$", "Kubernetes {what} {name} changed"),
    _row(r"(?:google\.cloud\.run\.v\d\w*\.|InternalServices|/)\.?(?:Services\.)?DeleteService$", "service {name} deleted"),
    _row(r"ClusterManager\.(UpdateCluster|UpdateMaster|UpdateNodePool|DeleteNodePool|SetNodePoolSize)$", "{what} of cluster {name}"),
)  # fmt: skip
"""What reads and lists is absent on purpose: only acts that alter something are changes."""


def configs(found: Iterable[Act]) -> list[Change]:
    """One config change for each act that the table knows."""
    return [change for act in found if (change := _config(act)) is not None]


def _config(act: Act) -> Change | None:
    title = told(act, SENTENCES)
    if title is None:
        return None
    at = when.rfc3339(act.at)
    return Change(
        id=f"config:{act.name or act.resource_type or 'unnamed'}:{act.method.rpartition('.')[2]}:{at}",
        kind="config",
        at=at,
        live_at=when.rfc3339(act.done_at) if act.done_at is not None else None,
        service=_service(act) or None,
        title=title,
        source="audit",
        actor=act.actor or None,
        region=act.region or None,
        operation=act.operation or None,
        refs=act.refs,
        extra={"method": act.method, "resource": act.resource_name},
    )


def _service(act: Act) -> str:
    """The service an act is about, where it is about one; access to a bucket or a firewall is about none."""
    if act.resource_type in {"cloud_run_revision", "cloud_run_job"}:
        return text(act.labels, "service_name", "job_name") or part(act.resource_name, "services")
    if act.resource_type in {"cloudsql_database", "sql_instance"}:
        return text(act.labels, "database_id").rpartition(":")[2] or part(act.resource_name, "instances")
    return ""
