{%- set database = Values.persistentDatabase or "" -%}
{%- set volatile = Values.volatileDatabase or "" -%}
{%- set hosts = Values.hosts or [""] -%}
{%- set certs = Values.certs or {} -%}
{%- set certificate = <certs.given/> == "yes" -%}
{%- set tls = {"verify_mode": "none"} -%}
{%- if certificate %}{% set tls = {"verify_mode": "none", "certfile": <certs.path file={certs.fullChain}/>, "keyfile": <certs.path file={certs.privKey}/>} %}{% endif -%}
{%- set withCets = Values.modules and volatile != "cets" and database == "rdbms" and <modules.cets/> == "yes" -%}
{%- set ipv6 = <ip.version/> == "6" -%}
{#- BOSH and WebSocket had other handlers, and BOSH was a module, until 6.6.0. -#}
{%- set renamed = {"mongoose_bosh_handler": "mod_bosh", "mongoose_websocket_handler": "mod_websockets"} if <mongooseim.since version="6.6.0"/> != "yes" else {} -%}
# Made from the values of the chart.
[general]
  loglevel = {{ (Values.logLevel or "warning") | toRawJson }}
  hosts = {{ hosts | toRawJson }}
  default_server_domain = {{ hosts[0] | toRawJson }}
  registration_timeout = "infinity"
  language = {{ (Values.language or "en") | toRawJson }}
  sm_backend = "{{ volatile }}"
  component_backend = "{{ volatile }}"
  s2s_backend = "{{ volatile }}"
{% for l in [{...l, "name": name} for name, l in Values.listeners or {} if l.enabled] | sort(attribute="port") -%}
{% set mode = <listener.tls listener={l} certificate={certificate}/> %}
# {{ l.name }}
[[listen.{{ l.type }}]]
  port = {{ l.port }}
{%- set options = (l.options or {}) | omit(keys=["port", "ip_address", "handlers"]) %}
{%- if l.address %}
  ip_address = {{ l.address | toRawJson }}
{%- elif ipv6 %}
  ip_version = 6
{%- set options = options | omit(keys=["ip_version"]) %}
{%- endif %}
{%- if l.type == "component" %}
  password = {{ (l.password ~ "") | toRawJson }}
{%- set options = options | omit(keys=["password"]) %}
{%- endif %}
{%- if mode != "none" %}
{%- set secure = (tls if l.type == "http" else {"mode": mode} | mergeOverwrite(with=tls)) | mergeOverwrite(with=options.tls or {}) %}
{%- set options = options | omit(keys=["tls"]) | set(key="tls", value=secure) %}
{%- endif %}
{{- <toml.keys of={options} pad="  "/> }}
{%- for kind, handler in l.handlers or {} %}{% if handler is not none %}

  [[listen.http.handlers.{{ renamed[kind] or kind }}]]
{%- set login = {"username": l.username ~ "", "password": l.password ~ ""} if handler.schema_endpoint == "admin" and l.password else {} %}
{{- <toml.keys of={ {"host": "_"} | mergeOverwrite(with=[handler, {"host": handler.host or "_"}, login]) } pad="    "/> }}
{%- endif %}{% endfor %}
{% endfor %}
[auth]
  # Passwords are kept as hashes; clients log in with SCRAM-SHA-256 or PLAIN.
  [auth.password]
    format = "scram"
    hash = ["sha256"]

  [auth.{% if database == "rdbms" %}rdbms{% else %}internal{% endif %}]

{% if withCets %}[internal_databases.{{ volatile }}]

{% endif %}[internal_databases.{{ "cets" if withCets else volatile }}]
{%- if volatile == "cets" or withCets %}
  backend = "rdbms"
  cluster_name = {{ ((Values.namespaceOverride or Release.Namespace) ~ "." ~ <fullname/>) | toRawJson }}
{%- endif %}
{% if database == "rdbms" %}{% set rdbms = Values.rdbms or {} %}
[outgoing_pools.rdbms.default]
  scope = "global"
  workers = {{ rdbms.workers or 5 }}

  [outgoing_pools.rdbms.default.connection]
    driver = "{{ rdbms.driver or "" }}"
    host = {{ ((rdbms.host or "") ~ "") | toRawJson }}
{%- if rdbms.port %}
    port = {{ rdbms.port }}
{%- endif %}
    database = {{ ((rdbms.database or "") ~ "") | toRawJson }}
    username = {{ ((rdbms.username or "") ~ "") | toRawJson }}
    password = {% if rdbms.existingSecret?.name %}"__RDBMS_PASSWORD__"{% else %}{{ ((rdbms.password or "") ~ "") | toRawJson }}{% endif %}
{%- set options = (rdbms.options or {}) | omit(keys=["driver", "host", "port", "database", "username", "password"]) %}
{%- if rdbms.tls?.enabled %}
  {%- set secure = {"verify_mode": "none"} %}
  {%- if rdbms.tls.caFile %}{% set secure = {"verify_mode": "peer", "cacertfile": <certs.path file={rdbms.tls.caFile}/>} %}{% endif %}
  {%- set first = {"versions": ["tlsv1.2", "tlsv1.3"]} if (rdbms.driver or "") == "mysql" else {"required": (rdbms.tls.required or false) ~ "" == "true"} %}
  {%- set secure = first | mergeOverwrite(with=[secure, options.tls or {}]) %}
  {%- set options = options | omit(keys=["tls"]) | set(key="tls", value=secure) %}
{%- endif %}
{{- <toml.keys of={options} pad="    "/> }}
{% endif %}
{%- if not renamed %}
[services.service_bosh]
  backend = "{{ volatile }}"
{% endif %}
[services.service_mongoose_system_metrics]
  report = {{ Values.systemMetrics or false }}
{% if [1 for _, l in Values.listeners or {} if l.enabled and l.handlers?.mongoose_prometheus_handler] %}
[instrumentation.prometheus]
{% endif %}
{#- The modules of a default installation, and what others that are asked for must know of the databases. -#}
{%- set modules = {
  "mod_adhoc": {},
  "mod_blocking": {"backend": database},
  "mod_cache_users": {},
  "mod_carboncopy": {},
  "mod_disco": {"users_can_see_hidden_services": false},
  "mod_last": {"backend": database},
  "mod_offline": {"access_max_user_messages": "max_user_offline_messages", "backend": database},
  "mod_presence": {},
  "mod_privacy": {"backend": database},
  "mod_private": {"backend": database},
  "mod_register": {"access": "register", "ip_access": [
    {"address": "127.0.0.0/8", "policy": "allow"},
    {"address": "0.0.0.0/0", "policy": "deny"},
    {"address": "::/0", "policy": "deny"}
  ]},
  "mod_roster": {"backend": database},
  "mod_sic": {},
  "mod_stream_management": {"backend": volatile},
  "mod_vcard": {"host": "vjud.@HOST@", "backend": database}
} %}
{%- if renamed %}{% set modules = {"mod_bosh": {"backend": volatile}, ...modules} %}{% endif %}
{%- set prepared = {
  "mod_muc": {"backend": database, "online_backend": volatile, "access": "muc", "access_create": "muc_create", "access_admin": "muc_admin"},
  "mod_muc_light": {"backend": database}
} %}
{%- if Values.modules and volatile == "cets" %}
{#- Without Mnesia the modules that use it by default need another database. #}
{%- set prepared = {...prepared, "mod_pubsub_old": {"backend": "rdbms"}, "mod_jingle_sip": {"backend": "cets"} } %}
{%- if <mongooseim.since version="6.8.0"/> != "yes" %}{% set prepared = {...prepared, "mod_pubsub": {"backend": "rdbms"} } %}{% endif %}
{%- if <mongooseim.since version="6.7.0"/> != "yes" %}{% set prepared = {...prepared, "mod_caps": {"backend": "rdbms"} } %}{% endif %}
{%- set pusher = Values.modules.mod_event_pusher or {} %}
{%- if pusher.push is map %}{% set prepared = {...prepared, "mod_event_pusher": {"push": {"backend": "rdbms", ...pusher.push} } } %}{% endif %}
{%- endif %}
{%- set given = Values.modules or {} %}
{%- for name, keys in {...modules, ...given} %}{% if keys is not none %}
[modules.{{ name }}]
{%- set filled = prepared[name] or {} %}
{%- if name == "mod_event_pusher" and filled.push %}{% set keys = {...keys, "push": filled.push} %}{% endif %}
{{- <toml.keys of={ {...modules[name] or {}, ...filled, ...keys} } pad="  "/> }}
{% endif %}{% endfor %}
[shaper.normal]
  max_rate = 16_384

[shaper.fast]
  max_rate = 50_000

[shaper.mam_shaper]
  max_rate = 1

[shaper.mam_global_shaper]
  max_rate = 1000

[acl]
  local = [{}]

[access]
  max_user_sessions = [{acl = "all", value = 10}]
  max_user_offline_messages = [{acl = "admin", value = 5000}, {acl = "all", value = 100}]
  local = [{acl = "local", value = "allow"}]
  c2s = [{acl = "blocked", value = "deny"}, {acl = "all", value = "allow"}]
  muc_admin = [{acl = "admin", value = "allow"}]
  muc_create = [{acl = "local", value = "allow"}]
  muc = [{acl = "all", value = "allow"}]
  register = [{acl = "all", value = "allow"}]
  mam_set_prefs = [{acl = "all", value = "default"}]
  mam_get_prefs = [{acl = "all", value = "default"}]
  mam_lookup_messages = [{acl = "all", value = "default"}]
  mam_set_prefs_shaper = [{acl = "all", value = "mam_shaper"}]
  mam_get_prefs_shaper = [{acl = "all", value = "mam_shaper"}]
  mam_lookup_messages_shaper = [{acl = "all", value = "mam_shaper"}]
  mam_set_prefs_global_shaper = [{acl = "all", value = "mam_global_shaper"}]
  mam_get_prefs_global_shaper = [{acl = "all", value = "mam_global_shaper"}]
  mam_lookup_messages_global_shaper = [{acl = "all", value = "mam_global_shaper"}]

[s2s]
  default_policy = "{{ Values.s2sPolicy or "deny" }}"
{%- if certificate %}

  [s2s.outgoing]
{{- <toml.keys of={ {"tls": {"mode": "starttls"} | mergeOverwrite(with=tls)} } pad="    "/> }}
{%- endif %}
