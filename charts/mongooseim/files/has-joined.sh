# Succeeds once this node is in the cluster that the image's start script joins, by the variables of that script. It succeeds too
# where a node cannot be asked: the image has no such command, or the configuration no Mnesia.
name=$(hostname -s)
if [[ ${JOIN_CLUSTER:-} != @(true|1) || -z ${CLUSTER_WITH:-} && ${name##*-} == "${MASTER_ORDINAL:-1}" ]]; then
  exit 0
fi
# A node joins in the background, is stopped, and starts again in the foreground.
if grep -qsx run_erl "${PROC:-/proc}"/[0-9]*/comm; then
  echo "The node is joining the cluster."
  exit 1
fi
ctl=${MONGOOSEIMCTL:-/usr/lib/mongooseim/bin/mongooseimctl}
answer=$(timeout 15 "$ctl" mnesia systemInfo --keys '["db_nodes"]' 2>&1)
status=$?
nodes=$(grep -o '"[^"@ ]*@[^" ]*"' <<< "$answer" | sort -u | wc -l)
if ((nodes == 1)); then
  echo "The node has not joined the cluster: it is alone."
  exit 1
elif ((nodes == 0)) && [[ $status == 124 || -z $answer || $answer == *"Failed RPC"* || $answer == *db_nodes* ]]; then
  echo "The node does not answer yet."
  exit 1
fi
