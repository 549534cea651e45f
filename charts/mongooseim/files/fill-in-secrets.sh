# Copies the configuration files from /templates to /member and puts secrets in the place of their placeholders: __NAME__
# becomes the content of the environment variable SECRET_NAME, for each NAME in SECRETS. Bash alone does it, on texts and
# not on patterns or commands, so no character of a secret has a meaning to it.
set -euo pipefail
export LC_ALL=C
umask 077
from=${TEMPLATES:-/templates}
to=${MEMBER:-/member}
for file in "$from"/*; do
  IFS= read -r -d '' text < "$file" || true
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
    case $file in
      *.toml | *.config)
        secret=${secret//\\/\\\\}
        secret=${secret//\"/\\\"}
        ;;
    esac
    rest=$text
    text=
    while [[ $rest == *"__${name}__"* ]]; do
      text+=${rest%%"__${name}__"*}$secret
      rest=${rest#*"__${name}__"}
    done
    text+=$rest
  done
  printf '%s' "$text" > "$to/${file##*/}"
done
