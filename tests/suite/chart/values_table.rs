//! A table of what each value changes in the Kubernetes objects. The contents of configuration files are in
//! `configuration_table`.

use super::rendering::render;

/// Values as in [`super::rendering::flags`]; the kind and name of an object; a path in it; and the YAML that is expected there,
/// or nothing if the field must be missing.
type Row = (&'static [&'static str], &'static str, &'static str, &'static str);

/// The pod template of the StatefulSet.
const POD: &str = "StatefulSet mongooseim spec template spec";
const MAIN: &str = "StatefulSet mongooseim spec template spec containers name=mongooseim";
const SET: &str = "StatefulSet mongooseim spec";
const LB: &str = "Service mongooseim-lb";
const NP: &str = "Service mongooseim-nodeport";
const HEADLESS: &str = "Service mongooseim";

const METRICS: &str = "listeners.prometheus.enabled=true";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // the seven values that the README lists
    (&["nodeName=xmpp"], MAIN, "env name=NODE_NAME value", "xmpp"),
    (&["nodeName=true"], MAIN, "env name=NODE_NAME value", "'true'"),
    (&["nodeName=7"], MAIN, "env name=NODE_NAME value", "'7'"),
    (&["replicaCount=3"], SET, "replicas", "3"),
    (&["replicaCount=0"], SET, "replicas", "0"),
    (&["loadBalancerIP=192.0.2.7"], LB, "spec loadBalancerIP", "192.0.2.7"),
    (&[], LB, "spec loadBalancerIP", ""),
    (&["nodeport.enabled=true"], NP, "spec type", "NodePort"),
    (&["nodeport.enabled=true"], NP, "spec ports", "[{name: c2s, protocol: TCP, port: 5222, targetPort: 5222}]"),
    (&[], NP, "", ""),
    // the image
    (&["image.repository=registry.example/mim"], MAIN, "image", "registry.example/mim:6.6.0"),
    (&["mongooseimVersion=6.5.0"], MAIN, "image", "erlangsolutions/mongooseim:6.6.0"),
    (&["image.tag=PR-3796"], MAIN, "image", "erlangsolutions/mongooseim:PR-3796"),
    (&["image.tag=7"], MAIN, "image", "erlangsolutions/mongooseim:7"),
    (&["image.tag=PR-3796"], "StatefulSet mongooseim metadata", "labels app.kubernetes.io/version", "PR-3796"),
    (&["image.digest=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "image.tag=x"], MAIN, "image",
        "erlangsolutions/mongooseim@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    (&["image.pullPolicy=Always"], MAIN, "imagePullPolicy", "Always"),
    (&["image.pullPolicy=Always", "existingCookieSecret.name=c"], POD, "initContainers 0 imagePullPolicy", "Always"),
    (&["imagePullSecrets[0].name=key"], POD, "imagePullSecrets", "[{name: key}]"),
    // the StatefulSet
    (&["podManagementPolicy=Parallel"], SET, "podManagementPolicy", "Parallel"),
    (&["updateStrategy.rollingUpdate.partition=2"], SET, "updateStrategy", "{type: RollingUpdate, rollingUpdate: {partition: 2}}"),
    (&["updateStrategy.type=OnDelete"], SET, "updateStrategy", "{type: OnDelete}"),
    (&["rolloutId=7"], SET, "template metadata annotations checksum/config", "'7'"),
    (&["clusterDomain=k8s.example"], MAIN, "env name=NODE_HOST value", "$(POD_NAME).mongooseim.$(POD_NAMESPACE).svc.k8s.example"),
    (&["clusterDomain=k8s.example"], MAIN, "env name=POD_NAME valueFrom fieldRef fieldPath", "metadata.name"),
    (&["clusterDomain=k8s.example"], MAIN, "env name=POD_NAMESPACE valueFrom fieldRef fieldPath", "metadata.namespace"),
    (&[], MAIN, "env name=NODE_HOST", ""),
    (&[], MAIN, "env name=NODE_TYPE value", "name"),
    (&[], MAIN, "env name=MASTER_ORDINAL value", "'0'"),
    (&[], MAIN, "env name=JOIN_CLUSTER value", "'true'"),
    (&["volatileDatabase=cets", "persistentDatabase=rdbms"], MAIN, "env name=JOIN_CLUSTER value", "'false'"),
    (&["persistentDatabase=rdbms"], MAIN, "env name=JOIN_CLUSTER value", "'true'"),
    (&["volatileDatabase=cets", "persistentDatabase=rdbms"], MAIN, "env name=MIM_NODE_IP valueFrom fieldRef fieldPath", "status.podIP"),
    (&["volatileDatabase=cets", "persistentDatabase=rdbms"], SET, "volumeClaimTemplates", ""),
    (&["persistentDatabase=rdbms"], SET, "volumeClaimTemplates 0 metadata name", "mnesia"),
    // certificates
    (&["tlsCertSecret=tls"], POD, "volumes name=tls", "{name: tls, secret: {secretName: tls}}"),
    (&["tlsCertSecret=tls"], MAIN, "volumeMounts name=tls", "{name: tls, mountPath: /usr/lib/mongooseim/priv/ssl, readOnly: true}"),
    (&[], POD, "volumes name=tls", ""),
    (&["json:tlsCertSecret={}"], POD, "volumes name=tls", ""),
    // listeners
    (&["listeners.c2s.port=15222"], MAIN, "ports name=c2s containerPort", "15222"),
    (&["listeners.c2s.port=15222"], LB, "spec ports name=c2s", "{name: c2s, protocol: TCP, port: 15222, targetPort: 15222}"),
    (&["listeners.c2s.port=15222"], HEADLESS, "spec ports name=c2s port", "15222"),
    (&["listeners.s2s.enabled=false"], HEADLESS, "spec ports name=s2s", ""),
    (&["listeners.s2s.enabled=false"], MAIN, "ports name=s2s", ""),
    (&["listeners.s2s.expose.headless=false"], HEADLESS, "spec ports name=s2s", ""),
    (&["listeners.s2s.expose.headless=false"], MAIN, "ports name=s2s containerPort", "5269"),
    (&["listeners.s2s.expose.loadBalancer=true"], LB, "spec ports name=s2s port", "5269"),
    (&["listeners.s2s.expose.nodePort=true", "nodeport.enabled=true"], NP, "spec ports name=s2s port", "5269"),
    (&["listeners.c2s-tls.enabled=true", "tlsCertSecret=tls"], LB, "spec ports name=c2s-tls port", "5223"),
    (&["listeners.bosh-wss.enabled=true", "tlsCertSecret=tls"], LB, "spec ports name=bosh-wss port", "5285"),
    (&["listeners.bosh-wss.enabled=true", "tlsCertSecret=tls"], MAIN, "ports name=bosh-wss containerPort", "5285"),
    (&["listeners.gql-admin.enabled=true"], MAIN, "ports name=gql-admin", ""),
    (&["listeners.gql-dom-admin.enabled=true"], HEADLESS, "spec ports name=gql-dom-admin port", "5541"),
    (&["listeners.gql-user.enabled=true"], HEADLESS, "spec ports name=gql-user port", "5561"),
    (&["listeners.gql-user.enabled=true"], LB, "spec ports name=gql-user", ""),
    (&[METRICS], HEADLESS, "spec ports name=prometheus port", "9091"),
    (&["json:listeners.jingle={\"enabled\":true,\"type\":\"component\",\"port\":8888,\"password\":\"p\",\"expose\":{\"headless\":true}}"],
        HEADLESS, "spec ports name=jingle port", "8888"),
    // Services
    (&["loadBalancer.enabled=false"], LB, "", ""),
    (&["loadBalancerAnnotations.a\\.example/b=c"], LB, "metadata annotations a.example/b", "c"),
    (&["loadBalancer.annotations.a\\.example/b=true"], LB, "metadata annotations a.example/b", "'true'"),
    (&["loadBalancerAnnotations.a=b", "loadBalancer.annotations.a=c"], LB, "metadata annotations", "{a: c}"),
    (&["loadBalancer.class=example.com/lb"], LB, "spec loadBalancerClass", "example.com/lb"),
    (&["loadBalancer.sourceRanges={192.0.2.0/24,198.51.100.0/24}"], LB, "spec loadBalancerSourceRanges", "[192.0.2.0/24, 198.51.100.0/24]"),
    (&["loadBalancer.externalTrafficPolicy=Local"], LB, "spec externalTrafficPolicy", "Local"),
    (&["nodeport.enabled=true", "nodeport.nodePorts.c2s=32222"], NP, "spec ports name=c2s nodePort", "32222"),
    (&["nodeport.enabled=true", "nodeport.annotations.a=1"], NP, "metadata annotations", "{a: '1'}"),
    (&["nodeport.enabled=true", "nodeport.externalTrafficPolicy=Local"], NP, "spec externalTrafficPolicy", "Local"),
    (&["headless.annotations.a=b"], HEADLESS, "metadata annotations", "{a: b}"),
    (&["ipFamilies={IPv6}"], HEADLESS, "spec ipFamilies", "[IPv6]"),
    (&["ipFamilyPolicy=PreferDualStack"], LB, "spec ipFamilyPolicy", "PreferDualStack"),
    (&["ipFamilyPolicy=PreferDualStack", "nodeport.enabled=true"], NP, "spec ipFamilyPolicy", "PreferDualStack"),
    // storage
    (&["persistence.enabled=false"], SET, "volumeClaimTemplates", ""),
    (&["persistence.enabled=false"], POD, "volumes name=mnesia", "{name: mnesia, emptyDir: {}}"),
    (&["persistence.size=20Gi"], SET, "volumeClaimTemplates 0 spec resources", "{requests: {storage: 20Gi}}"),
    (&["persistence.storageClass=fast"], SET, "volumeClaimTemplates 0 spec storageClassName", "fast"),
    (&["persistence.storageClass=-"], SET, "volumeClaimTemplates 0 spec storageClassName", "''"),
    (&["persistence.accessModes={ReadWriteOncePod}"], SET, "volumeClaimTemplates 0 spec accessModes", "[ReadWriteOncePod]"),
    (&["persistence.retentionPolicy.whenScaled=Delete"], SET, "persistentVolumeClaimRetentionPolicy", "{whenScaled: Delete}"),
    (&["persistence.retentionPolicy.whenDeleted=Delete"], SET, "persistentVolumeClaimRetentionPolicy", "{whenDeleted: Delete}"),
    // the pod
    (&["resources.limits.cpu=2"], MAIN, "resources", "{limits: {cpu: 2}}"),
    (&["resources.requests.memory=1Gi", "resources.limits.hugepages-2Mi=1Gi"], MAIN, "resources",
        "{requests: {memory: 1Gi}, limits: {hugepages-2Mi: 1Gi}}"),
    (&["resources.requests.memory=1Gi", "resources.requests.cpu=null"], MAIN, "resources", "{requests: {memory: 1Gi}}"),
    (&["resources.requests.memory=1Gi", "existingCookieSecret.name=c"], POD, "initContainers 0 resources", "{requests: {memory: 1Gi}}"),
    (&[], MAIN, "readinessProbe", "{tcpSocket: {port: c2s}, initialDelaySeconds: 10, periodSeconds: 10}"),
    (&["readinessProbe.enabled=false"], MAIN, "readinessProbe", ""),
    (&["readinessProbe.initialDelaySeconds=0"], MAIN, "readinessProbe initialDelaySeconds", "0"),
    (&["readinessProbe.periodSeconds=5"], MAIN, "readinessProbe periodSeconds", "5"),
    (&["readinessProbe.tcpSocket.port=s2s"], MAIN, "readinessProbe tcpSocket", "{port: s2s}"),
    (&["json:listeners.early={\"enabled\":true,\"type\":\"http\",\"port\":80}"], MAIN, "readinessProbe tcpSocket", "{port: c2s}"),
    (&["listeners.c2s.enabled=false", "loadBalancer.enabled=false"], MAIN, "readinessProbe tcpSocket", "{port: s2s}"),
    (&["livenessProbe.enabled=true"], MAIN, "livenessProbe", "{tcpSocket: {port: c2s}, periodSeconds: 30, failureThreshold: 6}"),
    (&["livenessProbe.enabled=true", "livenessProbe.exec.command={/usr/lib/mongooseim/bin/mongooseimctl,status}"], MAIN, "livenessProbe",
        "{exec: {command: [/usr/lib/mongooseim/bin/mongooseimctl, status]}, periodSeconds: 30, failureThreshold: 6}"),
    (&["livenessProbe.enabled=true", "livenessProbe.periodSeconds=5", "livenessProbe.failureThreshold=2", "livenessProbe.timeoutSeconds=3"], MAIN, "livenessProbe",
        "{tcpSocket: {port: c2s}, periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 3}"),
    (&[], MAIN, "livenessProbe", ""),
    (&["persistentDatabase=rdbms"], MAIN, "startupProbe exec command 0", "bash"),
    (&[], MAIN, "startupProbe timeoutSeconds", "20"),
    (&["joinProbe.periodSeconds=5", "joinProbe.timeoutSeconds=9", "joinProbe.failureThreshold=7"], MAIN, "startupProbe periodSeconds", "5"),
    (&["joinProbe.periodSeconds=5", "joinProbe.timeoutSeconds=9", "joinProbe.failureThreshold=7"], MAIN, "startupProbe timeoutSeconds", "9"),
    (&["joinProbe.periodSeconds=5", "joinProbe.timeoutSeconds=9", "joinProbe.failureThreshold=7"], MAIN, "startupProbe failureThreshold", "7"),
    (&["joinProbe.enabled=false"], MAIN, "startupProbe", ""),
    (&["joinProbe=null"], MAIN, "startupProbe", ""),
    (&["persistentDatabase=rdbms", "volatileDatabase=cets"], MAIN, "startupProbe", ""),
    (&["startupProbe.enabled=true"], MAIN, "startupProbe", "{tcpSocket: {port: c2s}, periodSeconds: 10, failureThreshold: 60}"),
    (&["startupProbe.enabled=true", "startupProbe.periodSeconds=5", "startupProbe.failureThreshold=2"], MAIN, "startupProbe",
        "{tcpSocket: {port: c2s}, periodSeconds: 5, failureThreshold: 2}"),
    (&["terminationGracePeriodSeconds=300"], POD, "terminationGracePeriodSeconds", "300"),
    (&["terminationGracePeriodSeconds=0"], POD, "terminationGracePeriodSeconds", "0"),
    (&[], MAIN, "lifecycle preStop exec command", "[/usr/lib/mongooseim/bin/mongooseimctl, stop]"),
    (&["lifecycle.preStop=null"], MAIN, "lifecycle", ""),
    (&["lifecycle.preStop.exec.command={sleep,5s}"], MAIN, "lifecycle preStop exec command", "[sleep, 5s]"),
    (&["nodeSelector.disk=1"], POD, "nodeSelector", "{disk: '1'}"),
    (&["tolerations[0].key=chat", "tolerations[0].operator=Exists"], POD, "tolerations", "[{key: chat, operator: Exists}]"),
    (&["priorityClassName=high"], POD, "priorityClassName", "high"),
    (&[], POD, "affinity podAntiAffinity preferredDuringSchedulingIgnoredDuringExecution 0 podAffinityTerm topologyKey", "kubernetes.io/hostname"),
    (&["podAntiAffinityPreset=hard"], POD, "affinity podAntiAffinity",
        "{requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: mongooseim}}, topologyKey: kubernetes.io/hostname}]}"),
    (&["podAntiAffinityPreset="], POD, "affinity", ""),
    (&["json:affinity={\"nodeAffinity\":{\"preferredDuringSchedulingIgnoredDuringExecution\":[{\"weight\":1,\"preference\":{\"matchExpressions\":[{\"key\":\"disk\",\"operator\":\"Exists\"}]}}]}}", "podAntiAffinityPreset=hard"], POD, "affinity nodeAffinity preferredDuringSchedulingIgnoredDuringExecution 0 weight", "1"),
    (&["json:affinity={\"podAntiAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"zone\",\"labelSelector\":{\"matchLabels\":{\"a\":\"b\"}}}]}}"], POD, "affinity",
        "{podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchLabels: {a: b}}}]}}"),
    (&["json:topologySpreadConstraints=[{\"maxSkew\":1,\"topologyKey\":\"zone\",\"whenUnsatisfiable\":\"DoNotSchedule\"}]"], POD, "topologySpreadConstraints 0",
        "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: mongooseim}}}"),
    (&["json:topologySpreadConstraints=[{\"maxSkew\":1,\"topologyKey\":\"zone\",\"whenUnsatisfiable\":\"DoNotSchedule\",\"labelSelector\":{}}]"],
        POD, "topologySpreadConstraints 0 labelSelector", "{}"),
    (&[], POD, "securityContext", "{seccompProfile: {type: RuntimeDefault}}"),
    (&["podSecurityContext.seccompProfile.type=Unconfined"], POD, "securityContext", "{seccompProfile: {type: Unconfined}}"),
    (&["podSecurityContext.seccompProfile=null"], POD, "securityContext", ""),
    (&["securityContext.allowPrivilegeEscalation=true"], MAIN, "securityContext", "{allowPrivilegeEscalation: true}"),
    (&["podSecurityContext.fsGroup=7"], POD, "securityContext", "{seccompProfile: {type: RuntimeDefault}, fsGroup: 7}"),
    (&["securityContext.privileged=false"], MAIN, "securityContext", "{allowPrivilegeEscalation: false, privileged: false}"),
    (&["securityContext.runAsUser=0", "existingCookieSecret.name=c"], POD, "initContainers 0 securityContext runAsUser", "0"),
    (&["serviceAccount.create=true"], "ServiceAccount mongooseim", "automountServiceAccountToken", "false"),
    (&["serviceAccount.create=true"], POD, "serviceAccountName", "mongooseim"),
    (&["serviceAccount.create=true", "serviceAccount.name=chat"], "ServiceAccount chat metadata", "name", "chat"),
    (&["serviceAccount.name=chat"], POD, "serviceAccountName", "chat"),
    (&["serviceAccount.create=true", "serviceAccount.annotations.a=1"], "ServiceAccount mongooseim metadata", "annotations", "{a: '1'}"),
    (&["serviceAccount.automount=true"], POD, "automountServiceAccountToken", "true"),
    (&["serviceAccount.create=true", "serviceAccount.automount=true"], "ServiceAccount mongooseim", "automountServiceAccountToken", "true"),
    (&[], POD, "automountServiceAccountToken", "false"),
    (&[], POD, "serviceAccountName", ""),
    // extra settings
    (&["extraEnv[0].name=PRINT_CONFIG_FILES_ON_START", "string:extraEnv[0].value=true"], MAIN, "env name=PRINT_CONFIG_FILES_ON_START value", "'true'"),
    (&["extraEnv[0].name=A", "extraEnv[0].value=7"], MAIN, "env name=A value", "'7'"),
    (&["extraEnv[0].name=A", "extraEnv[0].value=false"], MAIN, "env name=A value", "'false'"),
    (&["json:extraEnv=[{\"name\":\"A\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"spec.nodeName\"}}}]"], MAIN, "env name=A", "{name: A, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}"),
    (&["extraEnv[0].name=JOIN_CLUSTER", "string:extraEnv[0].value=false"], MAIN, "env name=JOIN_CLUSTER value", "'false'"),
    (&["json:extraEnvFrom=[{\"configMapRef\":{\"name\":\"env\"}}]"], MAIN, "envFrom", "[{configMapRef: {name: env}}]"),
    (&["json:extraVolumes=[{\"name\":\"more\",\"emptyDir\":{}}]"], POD, "volumes name=more", "{name: more, emptyDir: {}}"),
    (&["json:extraVolumes=[{\"name\":\"more\",\"emptyDir\":{}}]", "json:extraVolumeMounts=[{\"name\":\"more\",\"mountPath\":\"/more\"}]"], MAIN, "volumeMounts name=more mountPath", "/more"),
    (&["json:initContainers=[{\"name\":\"wait\",\"image\":\"busybox\"}]"], POD, "initContainers", "[{name: wait, image: busybox}]"),
    (&["json:sidecars=[{\"name\":\"log\",\"image\":\"busybox\"}]"], POD, "containers name=log image", "busybox"),
    (&["json:extraDeploy=[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"more\"},\"data\":{\"a\":\"b\"}}]"],
        "ConfigMap more", "data", "{a: b}"),
    (&["json:extraDeploy=[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"more\",\"labels\":{\"x\":\"y\"}}}]"],
        "ConfigMap more", "metadata labels", "{x: y, app.kubernetes.io/name: mongooseim, app.kubernetes.io/instance: mongooseim, app.kubernetes.io/version: 6.6.0, app.kubernetes.io/managed-by: mim-chart}"),
    // disruption budget, network policy, metrics
    (&["podDisruptionBudget.enabled=true"], "PodDisruptionBudget mongooseim spec", "maxUnavailable", "1"),
    (&["podDisruptionBudget.enabled=true", "podDisruptionBudget.maxUnavailable=25%"], "PodDisruptionBudget mongooseim spec", "maxUnavailable", "25%"),
    (&["podDisruptionBudget.enabled=true", "podDisruptionBudget.maxUnavailable=0"], "PodDisruptionBudget mongooseim spec", "maxUnavailable", "0"),
    (&["podDisruptionBudget.enabled=true", "podDisruptionBudget.minAvailable=2"], "PodDisruptionBudget mongooseim spec", "minAvailable", "2"),
    (&["podDisruptionBudget.enabled=true", "podDisruptionBudget.minAvailable=2"], "PodDisruptionBudget mongooseim spec", "maxUnavailable", ""),
    (&["networkPolicy.enabled=true"], "NetworkPolicy mongooseim spec ingress", "0", "{from: [{podSelector: {matchLabels: {app: mongooseim}}}]}"),
    (&["networkPolicy.enabled=true"], "NetworkPolicy mongooseim spec ingress", "1",
        "{ports: [{protocol: TCP, port: 5222}, {protocol: TCP, port: 5269}, {protocol: TCP, port: 5280}]}"),
    (&["networkPolicy.enabled=true", "listeners.s2s.expose.headless=false"], "NetworkPolicy mongooseim spec ingress", "1",
        "{ports: [{protocol: TCP, port: 5222}, {protocol: TCP, port: 5280}]}"),
    (&["networkPolicy.enabled=true", "json:networkPolicy.allowFrom=[{\"namespaceSelector\":{}}]"],
        "NetworkPolicy mongooseim spec ingress 1", "from", "[{namespaceSelector: {}}]"),
    (&["networkPolicy.enabled=true", "json:networkPolicy.extraIngress=[{\"from\":[{\"podSelector\":{}}]}]"],
        "NetworkPolicy mongooseim spec ingress", "2", "{from: [{podSelector: {}}]}"),
    (&["serviceMonitor.enabled=true", METRICS], "ServiceMonitor mongooseim spec", "endpoints", "[{port: prometheus, path: /metrics, interval: 30s}]"),
    (&["serviceMonitor.enabled=true", METRICS], "ServiceMonitor mongooseim spec", "selector matchLabels",
        "{app: mongooseim, app.kubernetes.io/instance: mongooseim, app.kubernetes.io/component: headless}"),
    (&["serviceMonitor.enabled=true", METRICS, "serviceMonitor.interval=1m"], "ServiceMonitor mongooseim spec endpoints 0", "interval", "1m"),
    (&["serviceMonitor.enabled=true", METRICS, "serviceMonitor.scrapeTimeout=5s"], "ServiceMonitor mongooseim spec endpoints 0", "scrapeTimeout", "5s"),
    (&["serviceMonitor.enabled=true", METRICS, "serviceMonitor.labels.release=prom"], "ServiceMonitor mongooseim metadata", "labels release", "prom"),
    (&["serviceMonitor.enabled=true", METRICS, "listeners.prometheus.tls=tls", "tlsCertSecret=t", "serviceMonitor.tlsConfig.insecureSkipVerify=true"],
        "ServiceMonitor mongooseim spec", "endpoints",
        "[{port: prometheus, path: /metrics, scheme: https, interval: 30s, tlsConfig: {insecureSkipVerify: true}}]"),
    (&["serviceMonitor.enabled=true", METRICS, "serviceMonitor.relabelings[0].action=drop"], "ServiceMonitor mongooseim spec endpoints 0", "relabelings", "[{action: drop}]"),
    (&["serviceMonitor.enabled=true", METRICS, "serviceMonitor.metricRelabelings[0].action=drop"], "ServiceMonitor mongooseim spec endpoints 0", "metricRelabelings", "[{action: drop}]"),
    (&["serviceMonitor.enabled=true", METRICS, "listeners.prometheus.handlers.mongoose_prometheus_handler.path=/m"], "ServiceMonitor mongooseim spec endpoints 0", "path", "/m"),
    // names and metadata
    (&["fullnameOverride=chat"], "StatefulSet chat spec", "selector matchLabels", "{app: chat}"),
    (&["fullnameOverride=chat"], "StatefulSet chat spec", "serviceName", "chat"),
    (&["fullnameOverride=chat"], "Service chat-lb spec", "selector", "{app: chat}"),
    (&["fullnameOverride=chat"], "StatefulSet chat spec template spec", "volumes name=config projected sources 1 secret name", "chat"),
    (&["fullnameOverride=chat"], "ConfigMap chat metadata", "labels app.kubernetes.io/name", "mongooseim"),
    (&["nameOverride=chat"], "ConfigMap chat metadata", "labels app.kubernetes.io/name", "chat"),
    (&["nameOverride=Our Chat!", "fullnameOverride=chat"], "ConfigMap chat metadata", "labels app.kubernetes.io/name", "Our_Chat"),
    (&["namespaceOverride=team"], "Service mongooseim metadata", "namespace", "team"),
    (&["commonLabels.team=7"], "Secret mongooseim metadata", "labels team", "'7'"),
    (&["commonLabels.team=chat"], "StatefulSet mongooseim spec template metadata", "labels team", "chat"),
    (&["commonLabels.app=other"], "StatefulSet mongooseim spec template metadata", "labels app", "mongooseim"),
    (&["commonAnnotations.a=1"], "ConfigMap mongooseim metadata", "annotations", "{a: '1'}"),
    (&["commonAnnotations.a=1"], "StatefulSet mongooseim spec template metadata", "annotations a", "'1'"),
    (&["podLabels.tier=chat"], "StatefulSet mongooseim spec template metadata", "labels tier", "chat"),
    (&["podLabels.tier=chat"], "StatefulSet mongooseim metadata", "labels tier", ""),
    (&["podLabels.app=other"], "StatefulSet mongooseim spec template metadata", "labels app", "mongooseim"),
    (&["podAnnotations.a=true"], "StatefulSet mongooseim spec template metadata", "annotations a", "'true'"),
    // secrets and configuration
    (&["configInSecret=true"], "ConfigMap mongooseim", "data", ""),
    (&["existingCookieSecret.name=c", "existingCookieSecret.key=k"], POD, "initContainers 0 env name=SECRET_ERLANG_COOKIE valueFrom", "{secretKeyRef: {name: c, key: k}}"),
    (&["existingCookieSecret.name=c"], POD, "initContainers 0 env name=SECRETS value", "ERLANG_COOKIE"),
    (&["existingCookieSecret.name=c"], POD, "volumes name=config", "{name: config, emptyDir: {medium: Memory}}"),
    (&["existingCookieSecret.name=c"], POD, "volumes name=templates projected sources 1 secret name", "mongooseim"),
    (&["persistentDatabase=rdbms", "rdbms.existingSecret.name=d", "rdbms.existingSecret.key=k"], POD,
        "initContainers 0 env name=SECRET_RDBMS_PASSWORD valueFrom", "{secretKeyRef: {name: d, key: k}}"),
    (&["rdbms.existingSecret.name=d"], POD, "initContainers", ""),
    (&["secretPlaceholders.LDAP.name=d", "secretPlaceholders.LDAP.key=k"], POD, "initContainers 0 env name=SECRET_LDAP valueFrom", "{secretKeyRef: {name: d, key: k}}"),
    (&["secretPlaceholders.LDAP.name=d", "secretPlaceholders.LDAP.key=k", "existingCookieSecret.name=c"], POD, "initContainers 0 env name=SECRETS value", "ERLANG_COOKIE LDAP"),
];

/// Returns the values that the table sets.
pub fn sets() -> impl Iterator<Item = &'static str> {
    ROWS.iter().flat_map(|(sets, ..)| sets.iter().copied())
}

#[test]
fn every_value_has_its_documented_effect() {
    let mut wrong = Vec::new();
    for (sets, place, path, expected) in ROWS {
        let rendered = render(sets);
        let (kind, rest) = place.split_once(' ').expect("kind and name");
        let (name, inner) = rest.split_once(' ').unwrap_or((rest, ""));
        let object = rendered.find(kind, name);
        let path = [inner, path].join(" ");
        let found = object.and_then(|object| object.at(&path));
        let wanted = (!expected.is_empty()).then(|| serde_yaml::from_str(expected).expect("YAML"));
        if found != wanted.as_ref() {
            wrong.push(format!("{sets:?}: {kind} {name} {path}\n  is {found:?}\n  not {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
