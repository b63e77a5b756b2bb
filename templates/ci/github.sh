#!/usr/bin/env bash
# What the GitHub action does: analyze, summary, annotations, one comment kept up to date, outputs.
# Its own errors are warnings; only --fail-on makes the step fail. Python runs isolated (-I): no module of the workspace is its own.
set -uo pipefail

out=${RCA_OUTPUT_DIR:-rca-report}
mkdir -p -- "$out"
rm -f -- "$out"/report.{html,json} "$out"/{summary,comment}.md "$out"/{annotations,error}.txt # of an earlier step
token=${RCA_TOKEN:-}
unset RCA_TOKEN GH_TOKEN GITHUB_TOKEN # only gh is given it: neither pip nor rca has a use for it
key=${RCA_COMMENT_KEY:-}
key=${key//[^A-Za-z0-9._-]/-}
key=${key:0:100}

warn() { # a warning in which no text can become a command
  local text=${1//'%'/%25}
  text=${text//$'\r'/%0D}
  echo "::warning title=rca::${text//$'\n'/%0A}"
}

set_output() { # name value; the delimiter cannot be guessed from the value
  [ -n "${GITHUB_OUTPUT:-}" ] || return 0
  local mark
  mark="rca_$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  printf '%s<<%s\n%s\n%s\n' "$1" "$mark" "$2" "$mark" >>"$GITHUB_OUTPUT"
}

give_up() {
  warn "$1"
  set_output verdict error
  exit 0
}

if ! command -v rca >/dev/null; then
  venv=${RUNNER_TEMP:-/tmp}/rca-venv
  target=${RCA_VERSION:+rca==$RCA_VERSION}
  python3 -I -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check \
    "${target:-$RCA_ACTION_PATH}" || give_up "rca could not be installed"
  PATH=$venv/bin:$PATH
fi

paths=() args=()
while IFS= read -r path; do
  [ -n "$path" ] && paths+=("$path")
done <<<"${RCA_PATHS:-}"
if [ ${#paths[@]} -eq 0 ]; then # reports of the usual test runners
  while IFS= read -r -d '' path; do paths+=("$path"); done < <(
    find . \( -name node_modules -o -name .git -o -path "./$out" \) -prune -o -type f \
      \( -iname '*junit*.xml' -o -iname 'test-results*.xml' -o -iname 'TEST-*.xml' -o -iname 'rca-record*.jsonl' \) -print0 | sort -z
  )
fi
[ ${#paths[@]} -gt 0 ] || give_up "no test report was found: name files or folders in paths"
if [ -n "${RCA_DEPLOYED_AT:-}" ]; then
  changes=$out/deployed.json
  python3 -I -c 'import json, os, sys
e = os.environ
print(json.dumps([{"kind": "deploy", "at": e["RCA_DEPLOYED_AT"], "service": e.get("RCA_SERVICE") or None, "commit": e.get("GITHUB_SHA") or None}]))' >"$changes"
  args+=(--changes "$changes")
fi
while IFS= read -r path; do
  [ -n "$path" ] && args+=(--earlier "$path")
done <<<"${RCA_EARLIER:-}"
[ -d .git ] && args+=(--repo .)

rca analyze ${args[@]+"${args[@]}"} --since "${RCA_SINCE:-deploy}" --fail-on "${RCA_FAIL_ON:-none}" --quiet \
  -o "html=$out/report.html" -o "json=$out/report.json" -o "github=$out/summary.md" \
  -o "comment=$out/comment.md" -o "annotations=$out/annotations.txt" \
  -- "${paths[@]}" 2>"$out/error.txt"
status=$?
if [ "$status" -gt 1 ] || [ ! -s "$out/report.json" ]; then # without a report, 1 is no answer to --fail-on
  give_up "$(tail -c 1000 "$out/error.txt")"
fi
rm -f "$out/error.txt"

read_report() { python3 -I -c 'import json, sys
r = json.load(open(sys.argv[1], encoding="utf-8"))
c = (r["causes"] or [{}])[0]
print({"verdict": r["verdict"]["status"], "summary": r["verdict"]["summary"], "cause": c.get("statement", ""), "p": c.get("p", "")}[sys.argv[2]])' "$out/report.json" "$1"; }
verdict=$(read_report verdict)
for name in verdict summary cause p; do set_output "$name" "$(read_report "$name")"; done
set_output report "$out"
set_output artifact "rca-report${key:+-$key}"

if [ "$verdict" != no_failure_found ]; then # silent when nothing failed
  cat "$out/annotations.txt"
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$out/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi

comment() { # one comment for each key, edited in place, only if the same author wrote it
  local marker repo=$GITHUB_REPOSITORY pr=$RCA_PULL_REQUEST id body
  [[ $pr =~ ^[0-9]+$ ]] || return 1
  export GH_TOKEN=$token
  marker="<!-- rca:report ${key:+$key }-->"
  id=$(gh api "repos/$repo/issues/$pr/comments" --paginate --jq \
    ".[] | select(.user.login == env.RCA_COMMENT_AUTHOR and (.body | startswith(\"$marker\"))) | .id" | sed -n 1p) || return 1
  body=$out/body.json
  python3 -I - "$marker" "$verdict" "${GITHUB_SHA:-}" "$out/comment.md" >"$body" <<'PY'
import json, sys
marker, verdict, sha, path = sys.argv[1:]
text = open(path, encoding="utf-8").read().removeprefix("<!-- rca:report -->\n")
if verdict == "no_failure_found":
    text = f"Resolved in {sha[:12]}: no failure found.\n"
print(json.dumps({"body": f"{marker}\n{text}"[:65_536]}))
PY
  if [ -n "$id" ]; then
    gh api --method PATCH "repos/$repo/issues/comments/$id" --input "$body" >/dev/null
  elif [ "$verdict" != no_failure_found ]; then
    gh api --method POST "repos/$repo/issues/$pr/comments" --input "$body" >/dev/null
  fi
}
if [ "${RCA_COMMENT:-false}" = true ] && [ -n "${RCA_PULL_REQUEST:-}" ]; then
  comment || warn "the comment could not be written; pull requests from forks have a read-only token"
  rm -f "$out/body.json"
fi
exit "$status"
