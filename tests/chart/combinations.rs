//! Values in combination: every pair of choices meets at least once, and whatever holds for one run holds for all.

use std::collections::BTreeSet;

use crate::invariants;
use crate::rendering::render;

/// Choices that can be made apart from each other.
const FACTORS: &[&[&[&str]]] = &[
    &[&[], &["replicaCount=0"], &["replicaCount=3", "podManagementPolicy=Parallel"]],
    // databases
    &[
        &[],
        &["persistentDatabase=rdbms", "rdbms.driver=mysql", "rdbms.password=my-own-password"],
        &[
            "persistentDatabase=rdbms",
            "volatileDatabase=cets",
            "rdbms.existingSecret.name=db",
            "rdbms.driver=cockroachdb",
        ],
        &["persistentDatabase=rdbms", "volatileDatabase=cets", "rdbms.tls.caFile=/ca.pem", "rdbms.port=5433"],
    ],
    // certificates and listeners with TLS
    &[
        &[],
        &["tlsCertSecret=certs"],
        &[
            "tlsCertSecret=certs",
            "listeners.c2s-tls.enabled=true",
            "listeners.bosh-wss.enabled=true",
            "listeners.c2s.tls=starttls_required",
        ],
        &[
            "certs.fullChain=/x/chain.pem",
            "certs.privKey=/x/key.pem",
            "listeners.c2s-tls.enabled=true",
            "listeners.c2s.enabled=false",
        ],
    ],
    // more listeners
    &[
        &[],
        &[
            "listeners.gql-admin.enabled=true",
            "listeners.gql-user.enabled=true",
            "listeners.gql-dom-admin.enabled=true",
        ],
        &[
            "listeners.gql-admin.enabled=true",
            "listeners.gql-admin.address=",
            "listeners.gql-admin.username=root",
            "listeners.gql-admin.password=graphql-password",
            "listeners.gql-admin.expose.headless=true",
        ],
        &[
            "json:listeners.jingle={\"enabled\":true,\"type\":\"component\",\"port\":8888,\"password\":\"component-password\",\"expose\":{\"headless\":true,\"nodePort\":true}}",
            "listeners.s2s.enabled=false",
        ],
    ],
    &[
        &[],
        &["loadBalancer.enabled=false"],
        &[
            "loadBalancerIP=192.0.2.7",
            "loadBalancer.sourceRanges={192.0.2.0/24}",
            "loadBalancerAnnotations.a=b",
            "loadBalancer.class=example.com/lb",
            "loadBalancer.externalTrafficPolicy=Local",
        ],
    ],
    &[
        &[],
        &["nodeport.enabled=true"],
        &[
            "nodeport.enabled=true",
            "listeners.bosh-ws.expose.nodePort=true",
            "nodeport.nodePorts.bosh-ws=32280",
            "nodeport.externalTrafficPolicy=Local",
        ],
    ],
    // secrets and configuration
    &[
        &[],
        &["nodeCookie=my-own-cookie", "nodeName=xmpp"],
        &["existingCookieSecret.name=cookie"],
        &["secretPlaceholders.LDAP_PASSWORD.name=ldap", "secretPlaceholders.LDAP_PASSWORD.key=password"],
    ],
    &[
        &[],
        &["configInSecret=true", "hosts={a.example,b.example}"],
        &[
            "json:mimConfig=\"[[listen.c2s]]\\nport = 5222\\n[[listen.c2s]]\\nport = 5223\\n[[listen.http]]\\nport = 5285\\n[[listen.http]]\\nport=5280\\n[[listen.component]]\\nport = 8888\\n\"",
            "appConfig=[{{a}}].",
        ],
        &[
            "json:extraMimConfig=\"[modules.mod_time]\\n\"",
            "modules.mod_muc.host=muc.@HOST@",
            "modules.mod_register=null",
        ],
    ],
    &[
        &[],
        &["persistence.enabled=false"],
        &["persistence.storageClass=fast", "persistence.size=20Gi", "persistence.retentionPolicy.whenDeleted=Delete"],
    ],
    &[
        &[],
        &["fullnameOverride=chat"],
        &["nameOverride=chat", "namespaceOverride=team"],
        &["fullnameOverride=chat", "nameOverride=Our Chat"],
    ],
    &[
        &[],
        &["ipFamilies={IPv6}"],
        &["ipFamilies={IPv4,IPv6}", "ipFamilyPolicy=PreferDualStack", "clusterDomain=k8s.example"],
    ],
    &[
        &[],
        &["networkPolicy.enabled=true", "podDisruptionBudget.enabled=true"],
        &[
            "networkPolicy.enabled=true",
            "json:networkPolicy.allowFrom=[{\"namespaceSelector\":{\"matchLabels\":{\"a\":\"b\"}}}]",
            "podDisruptionBudget.enabled=true",
            "podDisruptionBudget.minAvailable=50%",
        ],
        &["listeners.prometheus.enabled=true", "serviceMonitor.enabled=true"],
    ],
    // pods
    &[
        &[],
        &[
            "resources.limits.cpu=2",
            "resources.requests.memory=1Gi",
            "securityContext.runAsUser=0",
            "podSecurityContext.fsGroup=7",
            "priorityClassName=high",
            "serviceAccount.create=true",
            "imagePullSecrets[0].name=pull",
        ],
        &[
            "json:extraEnv=[{\"name\":\"JOIN_CLUSTER\",\"value\":\"false\"},{\"name\":\"A\",\"value\":\"b\"}]",
            "json:extraVolumes=[{\"name\":\"more\",\"emptyDir\":{}}]",
            "json:extraVolumeMounts=[{\"name\":\"more\",\"mountPath\":\"/more\"}]",
            "json:sidecars=[{\"name\":\"log\",\"image\":\"busybox\"}]",
            "json:initContainers=[{\"name\":\"wait\",\"image\":\"busybox\"}]",
            "json:extraEnvFrom=[{\"configMapRef\":{\"name\":\"env\",\"optional\":true}}]",
            "serviceAccount.name=own",
            "podAntiAffinityPreset=",
        ],
        &[
            "nodeSelector.disk=1",
            "tolerations[0].operator=Exists",
            "podAntiAffinityPreset=hard",
            "updateStrategy.rollingUpdate.partition=1",
            "terminationGracePeriodSeconds=300",
            "json:topologySpreadConstraints=[{\"maxSkew\":1,\"topologyKey\":\"zone\",\"whenUnsatisfiable\":\"ScheduleAnyway\"}]",
        ],
    ],
    &[
        &[],
        &["livenessProbe.enabled=true", "startupProbe.enabled=true"],
        &["readinessProbe.enabled=false", "lifecycle=null"],
    ],
    &[
        &[],
        &[
            "commonLabels.team=7",
            "commonAnnotations.a=true",
            "podLabels.tier=chat",
            "podAnnotations.b=1",
            "headless.annotations.c=d",
            "rolloutId=7",
        ],
        &[
            "image.tag=6.8.0-a_very_long_tag_that_is_longer_than_a_label_may_be_and_ends_oddly_-.",
            "image.pullPolicy=Always",
            "json:extraDeploy=[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"more\"},\"data\":{\"a\":\"b\"}}]",
        ],
    ],
];

/// One choice of each factor.
type Run = Vec<usize>;

fn pairs(run: &Run) -> impl Iterator<Item = [usize; 4]> + '_ {
    (0..run.len()).flat_map(move |a| (a + 1..run.len()).map(move |b| [a, run[a], b, run[b]]))
}

/// Runs that together hold every pair of choices, the first being the default one, and some more up to `least`. The same
/// on every machine.
fn runs(least: usize) -> Vec<Run> {
    let mut missing: BTreeSet<[usize; 4]> = BTreeSet::new();
    for (a, first) in FACTORS.iter().enumerate() {
        for (b, second) in FACTORS.iter().enumerate().skip(a + 1) {
            for i in 0..first.len() {
                missing.extend((0..second.len()).map(|j| [a, i, b, j]));
            }
        }
    }
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut runs: Vec<Run> = vec![vec![0; FACTORS.len()]];
    loop {
        let last = runs.last().expect("a run");
        for pair in pairs(last) {
            missing.remove(&pair);
        }
        if missing.is_empty() && runs.len() >= least {
            return runs;
        }
        // Of some chance runs through one missing pair, the one that holds most missing pairs.
        let wanted = missing.iter().next().copied();
        let candidates = (0..40).map(|_| {
            let mut run: Run = FACTORS.iter().map(|choices| next(choices.len())).collect();
            if let Some([a, i, b, j]) = wanted {
                (run[a], run[b]) = (i, j);
            }
            run
        });
        let best = candidates.max_by_key(|run| pairs(run).filter(|pair| missing.contains(pair)).count());
        runs.push(best.expect("a run"));
    }
}

fn sets(run: &Run) -> Vec<&'static str> {
    run.iter().zip(FACTORS).flat_map(|(choice, factor)| factor[*choice].iter().copied()).collect()
}

/// The values of each run.
pub fn all() -> Vec<Vec<&'static str>> {
    runs(64).iter().map(sets).collect()
}

#[test]
fn whatever_is_combined_is_whole() {
    let runs = all();
    assert!(runs.len() >= 60, "{} runs", runs.len());
    let mut wrong = Vec::new();
    for sets in &runs {
        if let Err(panic) = std::panic::catch_unwind(|| invariants::check(&render(sets), sets)) {
            let said =
                panic.downcast_ref::<String>().cloned().or(panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
            wrong.push(format!("{sets:?}\n  {}", said.unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), runs.len(), wrong.join("\n"));
}

#[test]
fn every_choice_is_run_alone_too() {
    for (factor, choices) in FACTORS.iter().enumerate() {
        for choice in 1..choices.len() {
            let mut run = vec![0; FACTORS.len()];
            run[factor] = choice;
            let sets = sets(&run);
            invariants::check(&render(&sets), &sets);
        }
    }
}
