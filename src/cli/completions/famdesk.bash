# Completions of famdesk for bash; what could stand somewhere, the program says itself.
_famdesk() {
    local IFS=$'\n' line value current="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=()
    while read -r line; do
        value=${line%%$'\t'*}
        case $current in
            [\"\']*) ;;
            *) printf -v value '%q' "$value" ;;
        esac
        COMPREPLY+=("$value")
    done < <("${COMP_WORDS[0]}" complete bash -- "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
    case ${COMPREPLY[*]} in
        */) compopt -o nospace ;;
    esac
}
complete -F _famdesk famdesk
