# Copies the configuration files from /templates to /member and puts secrets in the place of their placeholders:
# __NAME__ becomes the content of the environment variable SECRET_NAME, for each NAME in SECRETS. Bash alone does it, on
# texts and not on patterns or commands, so no character of a secret has a meaning to it; and in one pass, so that a
# secret may look like a placeholder.
set -euo pipefail
export LC_ALL=C
umask 077
from=${TEMPLATES:-/templates}
to=${MEMBER:-/member}

declare -A plain escaped
for name in $SECRETS; do
  variable=SECRET_$name
  secret=${!variable}
  secret=${secret%$'\n'}
  secret=${secret%$'\r'}
  if [[ -z $secret ]]; then
    echo "The Secret for $name is empty." >&2
    exit 1
  fi
  if [[ $secret == *[$'\x01'-$'\x1f\x7f']* ]]; then
    echo "The Secret for $name holds a control character or several lines." >&2
    exit 1
  fi
  if [[ $name == ERLANG_COOKIE && ! $secret =~ ^[A-Za-z0-9_@.=/:~%^,][A-Za-z0-9_@.=/:~%^,+-]*$ ]]; then
    echo "A cookie has only letters, digits and _@.=/:~%^,+- and does not begin with + or -." >&2
    exit 1
  fi
  plain[$name]=$secret
  secret=${secret//\\/\\\\}
  escaped[$name]=${secret//\"/\\\"}
done

for file in "$from"/*; do
  IFS= read -r -d '' rest < "$file" || true
  filled=
  while true; do
    # The first placeholder in the rest; of two that begin at one place, the longer.
    next=
    for name in $SECRETS; do
      if [[ $rest == *"__${name}__"* ]]; then
        before=${rest%%"__${name}__"*}
        if [[ -z $next || ${#before} -lt ${#head} || ${#before} -eq ${#head} && ${#name} -gt ${#next} ]]; then
          next=$name
          head=$before
        fi
      fi
    done
    if [[ -z $next ]]; then
      break
    fi
    case $file in
      *.toml | *.config) filled+=$head${escaped[$next]} ;;
      *) filled+=$head${plain[$next]} ;;
    esac
    rest=${rest#"${head}__${next}__"}
  done
  printf '%s' "$filled$rest" > "$to/${file##*/}"
done
