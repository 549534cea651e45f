## The start script replaces this line by NODE_TYPE and NODE_NAME of the environment.
-name {{ Values.nodeName or "" }}

## The cookie of the cluster.
-setcookie {% if Values.existingCookieSecret?.name %}__ERLANG_COOKIE__{% else %}{{ Values.nodeCookie or "" }}{% endif %}

## Up to 10 million processes and 250,000 ports and sockets.
+P 10000000
-env ERL_MAX_PORTS 250000

## Collect garbage more often.
-env ERL_FULLSWEEP_AFTER 2

## Distribution listens on the port that the headless Service publishes.
-kernel inet_dist_listen_min 9100
-kernel inet_dist_listen_max 9100
{%- if (Values.volatileDatabase or "") == "cets" %}

## Addresses of nodes are looked up in the relational database.
-epmd_module mongoose_epmd
{%- endif %}
